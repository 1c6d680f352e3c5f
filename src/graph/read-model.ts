import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, TensorProto_DataType as DataType, type ModelProto, type ValueInfoProto } from 'onnx-buf';
import { input } from './ops.ts';
import type { Dim, InputTensor } from './tensor.ts';

/** What an ONNX model says about itself. */
export interface ModelDescription {
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly InputTensor[];
  readonly outputs: readonly string[];
}

function dimOf(value: { case?: string | undefined; value?: unknown }): Dim {
  if (value.case === 'dimValue') return Number(value.value);
  return typeof value.value === 'string' ? value.value : '';
}

function inputOf({ name, type }: ValueInfoProto): InputTensor {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
  const dims = tensor?.shape?.dim.map(({ value }) => dimOf(value)) ?? [];
  return input(name, dims, tensor?.elemType === DataType.INT64 ? 'int' : 'float');
}

/** Reads the description in the bytes of an ONNX model. Throws an Error when they are not one, or are cut short. */
export function describeModel(bytes: Uint8Array): ModelDescription {
  const model: ModelProto = fromBinary(ModelProtoSchema, bytes);
  if (model.graph === undefined) throw new Error('The model holds no graph');
  return {
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    inputs: model.graph.input.map(inputOf),
    outputs: model.graph.output.map(({ name }) => name),
  };
}
