import { afterAll } from 'vitest';
import { onnxRuntime } from '../../src/graph/index.ts';
import { fitEnsemble, fitForest, fitGaussianProcess, fitSurrogate } from '../../src/reward/index.ts';
import { surrogateConformance } from './conformance.ts';

const runtime = onnxRuntime({ threads: 1 });
afterAll(() => runtime.close());

const quick = { steps: 600, width: 32 };
const network = { knowsDistance: true, differentiable: true };

surrogateConformance('ensemble, squared error', runtime, { ...network, fit: fitEnsemble(quick), r2: 0.9 });
surrogateConformance('ensemble, likelihood', runtime, {
  ...network,
  fit: fitEnsemble({ ...quick, loss: 'likelihood' }),
  r2: 0.8,
});
surrogateConformance('ensemble, ranking', runtime, {
  ...network,
  fit: fitEnsemble({ ...quick, loss: 'ranking' }),
  r2: 0.8,
});
surrogateConformance('forest', runtime, {
  fit: fitForest({ trees: 60 }),
  r2: 0.7,
  knowsDistance: false,
  differentiable: false,
});
surrogateConformance('Gaussian process', runtime, {
  fit: fitGaussianProcess(),
  r2: 0.95,
  knowsDistance: true,
  differentiable: true,
  covariances: true,
});
surrogateConformance('automatic choice', runtime, {
  fit: fitSurrogate('auto'),
  r2: 0.95,
  knowsDistance: true,
  differentiable: true,
});
surrogateConformance('blend', runtime, {
  fit: fitSurrogate('blend'),
  r2: 0.9,
  knowsDistance: true,
  differentiable: true,
  graphError: 5,
});
