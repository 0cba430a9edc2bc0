/** What an ONNX file says of one input or output; a size that is not fixed is undefined. */
export interface OnnxTensor {
  readonly name: string;
  /** 1: 32-bit floating point. */
  readonly elementType: number;
  /** Undefined: no tensor, or of a rank that is not fixed. */
  readonly sizes: readonly (number | undefined)[] | undefined;
}

export interface OnnxModel {
  /** Without those that have a value in the file. */
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
  /** Whether weights lie in another file. */
  readonly isInPieces: boolean;
}

/**
 * Inputs and outputs of an ONNX file, without running anything of it. Weights are passed over.
 * @throws RangeError when the bytes are no such file
 * @see onnx.proto of ONNX 1.x (Apache-2.0): ModelProto, GraphProto, ValueInfoProto; Protocol Buffers, encoding
 */
export function parseOnnx(bytes: Uint8Array): OnnxModel {
  const [graph] = fieldsOf(bytes).flatMap((field) => (field.number === 7 ? [bytesOf(field)] : []));
  if (graph === undefined) throw new RangeError("it has no graph");
  const fields = fieldsOf(graph);
  const all = (number: number) => fields.filter((field) => field.number === number).map(bytesOf);
  const weights = all(5).map(fieldsOf);
  const withValue = new Set(
    weights.flatMap((tensor) =>
      tensor.filter(({ number }) => number === 8).map((field) => textOf(bytesOf(field))),
    ),
  );
  return {
    inputs: all(11)
      .map(tensorOf)
      .filter(({ name }) => !withValue.has(name)),
    outputs: all(12).map(tensorOf),
    isInPieces: weights.some((tensor) =>
      tensor.some(({ number, value }) => number === 14 && value === 1),
    ),
  };
}

function tensorOf(info: Uint8Array): OnnxTensor {
  const fields = fieldsOf(info);
  const name = fields.find(({ number }) => number === 1);
  const tensor = within(within(info, 2), 1);
  const shape = within(tensor, 2);
  const sizes =
    shape &&
    fieldsOf(shape)
      .filter(({ number }) => number === 1)
      .map(sizeOf);
  return {
    name: name ? textOf(bytesOf(name)) : "",
    elementType: tensor ? (fieldsOf(tensor).find(({ number }) => number === 1)?.value ?? 0) : 0,
    sizes,
  };
}

function sizeOf(dimension: Field): number | undefined {
  const fixed = fieldsOf(bytesOf(dimension)).find(({ number }) => number === 1);
  return fixed && fixed.value > 0 ? fixed.value : undefined;
}

const within = (message: Uint8Array | undefined, number: number): Uint8Array | undefined => {
  const field = message && fieldsOf(message).find((one) => one.number === number && one.bytes);
  return field?.bytes;
};

interface Field {
  readonly number: number;
  /** Of a number; 0 of bytes. */
  readonly value: number;
  /** Undefined of a number. */
  readonly bytes: Uint8Array | undefined;
}

const bytesOf = ({ bytes }: Field): Uint8Array => {
  if (bytes) return bytes;
  throw new RangeError("a number stands where a part of the model ought to");
};

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Fields of a message, at one level. */
function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const key = varintAt(message, at);
    at = key.end;
    const number = Math.floor(key.value / 8);
    const wire = key.value % 8;
    if (wire === 0) {
      const { value, end } = varintAt(message, at);
      fields.push({ number, value, bytes: undefined });
      at = end;
      continue;
    }
    const length = wire === 2 ? varintAt(message, at) : { value: fixedSize(wire), end: at };
    const end = length.end + length.value;
    if (end > message.length) throw new RangeError("it is cut short");
    fields.push({ number, value: 0, bytes: message.subarray(length.end, end) });
    at = end;
  }
  return fields;
}

function fixedSize(wire: number): number {
  if (wire === 5) return 4;
  if (wire === 1) return 8;
  throw new RangeError("it is no ONNX file");
}

/** Beyond 2^53 inexact, which no size or type of ours is. */
function varintAt(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0;
  for (let at = from; at < Math.min(bytes.length, from + 10); at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new RangeError("it is no ONNX file");
}
