import type { RandomStream } from '../base/index.ts';
import { fitSurrogate } from '../reward/index.ts';
import { defaultWeighting } from './defaults.ts';
import { defaultCaution } from './judge.ts';
import type { LearnOptions } from './learn.ts';
import { defaultThreads } from './models.ts';
import type { ProposeOptions } from './options.ts';

/** How to learn what these options say, or by default. */
export function learnOptions(options: ProposeOptions, stream: RandomStream): LearnOptions {
  const { training, candidates, observer, signal } = options;
  return {
    stream,
    weighting: options.weighting ?? defaultWeighting,
    caution: options.caution ?? defaultCaution,
    threads: options.threads ?? defaultThreads(),
    runtime: options.runtime ?? 'onnx',
    ...(training === undefined ? {} : { training }),
    surrogate: options.surrogate ?? fitSurrogate('auto', candidates === undefined ? 'beyond' : 'among'),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  };
}
