import { onnxRuntime } from './onnx.ts';
import { referenceRuntime } from './reference.ts';
import { loadTensorflow } from './tensorflow.ts';
import type { Runtime, RuntimeName, RuntimeOptions } from './types.ts';

const makers: { readonly [Name in RuntimeName]: (options: RuntimeOptions) => Promise<Runtime> } = {
  onnx: (options) => Promise.resolve(onnxRuntime(options)),
  tensorflow: loadTensorflow,
  reference: () => Promise.resolve(referenceRuntime),
};

/** The runtime of a name. A usage error where TensorFlow is asked for and is not installed. */
export async function createRuntime(name: RuntimeName, options: RuntimeOptions): Promise<Runtime> {
  return makers[name](options);
}
