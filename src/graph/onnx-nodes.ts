import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  TensorProto_DataType as DataType,
  type AttributeProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProtoSchema,
} from 'onnx-buf';
import type { DType, Shape } from './tensor.ts';

export const onnxTypes: Readonly<Record<DType, DataType>> = { float: DataType.FLOAT, int: DataType.INT64 };

export type AttributeValue = number | string | readonly number[] | GraphProto;

/** Whole numbers become INT attributes: no op here takes a float one. */
function attribute(name: string, value: AttributeValue): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: BigInt(value) };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('$typeName' in value) return { name, type: AttributeType.GRAPH, g: value };
  return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
}

export function nodeProto(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>>,
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

function littleEndianBytes(values: Float32Array | BigInt64Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  if (values instanceof Float32Array) values.forEach((value, index) => view.setFloat32(4 * index, value, true));
  else values.forEach((value, index) => view.setBigInt64(8 * index, value, true));
  return bytes;
}

export function tensorProto(
  name: string,
  values: ArrayLike<number>,
  shape: readonly number[],
  dtype: DType,
): TensorProto {
  const typed = dtype === 'int' ? BigInt64Array.from(Array.from(values), BigInt) : Float32Array.from(values);
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: onnxTypes[dtype],
    rawData: littleEndianBytes(typed),
  });
}

export function valueInfo(name: string, shape: Shape, dtype: DType): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return { name, type: { value: { case: 'tensorType', value: { elemType: onnxTypes[dtype], shape: { dim } } } } };
}

/** A scalar truth value, as a loop's condition is. */
export function boolInfo(name: string): MessageInitShape<typeof ValueInfoProtoSchema> {
  return { name, type: { value: { case: 'tensorType', value: { elemType: DataType.BOOL, shape: { dim: [] } } } } };
}

export function graphProto(parts: MessageInitShape<typeof GraphProtoSchema>): GraphProto {
  return create(GraphProtoSchema, parts);
}
