export { emitModel, type EmittedModel } from './emit.ts';
export { fit, type Fit, type FitOptions, type HeldOut, type LossCurve, type Rates } from './fit.ts';
export { gradients } from './gradient.ts';
export {
  abs,
  add,
  argMax,
  clamp,
  concat,
  constant,
  cos,
  divide,
  exp,
  expandLike,
  gather,
  input,
  log,
  loop,
  matMul,
  max,
  maximum,
  mean,
  minimum,
  multiply,
  negate,
  pad,
  relu,
  reshape,
  round,
  scalar,
  scatterAdd,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  softmax,
  sqrt,
  square,
  subtract,
  sum,
  tanh,
  toFloat,
  transpose,
  variable,
  type LoopResult,
  type Operand,
} from './ops.ts';
export {
  adam,
  adamDefaults,
  adamRate,
  clipByGlobalNorm,
  cosineSchedule,
  decayed,
  movingAverage,
  type AdamConstants,
  type AdamStep,
  type Moments,
} from './optimizer.ts';
export { createRuntime } from './runtime/create.ts';
export { describeModel, type ModelDescription } from './read-model.ts';
export { onnxRuntime, type OnnxRuntime } from './runtime/onnx.ts';
export { referenceRuntime } from './runtime/reference.ts';
export { loadTensorflow, tensorflowRuntime, type TensorFlow } from './runtime/tensorflow.ts';
export {
  runtimeNames,
  type NamedValues,
  type Program,
  type Runtime,
  type RuntimeName,
  type RuntimeOptions,
  type Values,
} from './runtime/types.ts';
export { ShapeError } from './shape.ts';
export type { Dim, DType, Graph, InputTensor, Shape, Tensor, VariableTensor } from './tensor.ts';
export {
  initialState,
  mapValues,
  readParameters,
  stepRates,
  trainingGraph,
  trainingNames,
  type Loss,
  type NamedShapes,
  type NamedTensors,
  type StepInputs,
  type TrainingDefinition,
} from './training.ts';
