import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError, messageOf } from '../base/index.ts';
import { functionOracle, type RewardFunction } from './function.ts';
import type { Oracle } from './types.ts';

/** The default export of a namespace; a CommonJS module made from an ES module has it one level deeper. */
function defaultOf(namespace: { readonly default?: unknown }): unknown {
  const { default: found } = namespace;
  return typeof found === 'object' && found !== null && 'default' in found ? found.default : found;
}

/** The function that a module exports as its default. Throws a `stopped` error that says why there is none. */
export async function loadFunction(path: string): Promise<RewardFunction> {
  let namespace: { readonly default?: unknown };
  try {
    namespace = (await import(pathToFileURL(resolve(path)).href)) as typeof namespace;
  } catch (cause) {
    throw new UserError('stopped', `cannot load the module ${path}: ${messageOf(cause)}`, { cause });
  }
  const found = defaultOf(namespace);
  if (typeof found === 'function') return found as RewardFunction;
  throw new UserError(
    'stopped',
    `the module ${path} exports ${found === undefined ? 'nothing' : `something of type ${typeof found}`} as its default, and a ` +
      `function (design) => reward was expected`,
  );
}

/** The default export of a module file, ESM or CommonJS: `(design) => number | Promise<number>`. It runs in this thread. */
export async function moduleOracle(path: string): Promise<Oracle> {
  return functionOracle(await loadFunction(path));
}
