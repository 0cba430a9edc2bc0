/**
 * Small ONNX files, written byte by byte as Protocol Buffers (onnx.proto, IR version 8, operator set 13), so that no tool
 * of others is needed to make them: one MatMul and one Add, y = x · W + b.
 */
export interface MadeOnnx {
  /** Sizes of the input; a text is a size that is not fixed. */
  readonly input: readonly (number | string)[];
  readonly output: readonly (number | string)[];
  /** W, row by row: as many rows as the input has values. */
  readonly weights: readonly number[];
  /** b: one value for each output. */
  readonly bias: readonly number[];
  /** 1: FLOAT, 7: INT64; of the input. */
  readonly elementType?: number;
}

const float32 = 1;

export function madeOnnx({ input, output, weights, bias, elementType }: MadeOnnx): Uint8Array {
  const columns = bias.length;
  const graph = message(
    bytes(1, node("MatMul", ["x", "W"], ["xW"])),
    bytes(1, node("Add", ["xW", "b"], ["y"])),
    bytes(2, text("made")),
    bytes(5, tensor("W", [weights.length / columns, columns], weights)),
    bytes(5, tensor("b", [columns], bias)),
    bytes(11, valueInfo("x", input, elementType ?? float32)),
    bytes(12, valueInfo("y", output, float32)),
  );
  return modelOf(graph);
}

/** One node that makes a tensor of so many zeros out of nothing: gigabytes for a thread to choke on. */
export function hugeOnnx(values: number): Uint8Array {
  const graph = message(
    bytes(1, node("ConstantOfShape", ["size"], ["zeros"])),
    bytes(1, node("ReduceSum", ["zeros"], ["sum"])),
    bytes(1, node("Add", ["x", "sum"], ["y"])),
    bytes(2, text("made")),
    bytes(5, message(number(1, 1), number(2, 7), bytes(8, text("size")), bytes(9, int64(values)))),
    bytes(11, valueInfo("x", [1, 1], float32)),
    bytes(12, valueInfo("y", ["n", 1], float32)),
  );
  return modelOf(graph);
}

const modelOf = (graph: Uint8Array): Uint8Array =>
  message(number(1, 8), bytes(7, graph), bytes(8, message(bytes(1, text("")), number(2, 13))));

const node = (operator: string, inputs: readonly string[], outputs: readonly string[]) =>
  message(
    ...inputs.map((name) => bytes(1, text(name))),
    ...outputs.map((name) => bytes(2, text(name))),
    bytes(4, text(operator)),
  );

const tensor = (name: string, sizes: readonly number[], values: readonly number[]) =>
  message(
    ...sizes.map((size) => number(1, size)),
    number(2, float32),
    bytes(8, text(name)),
    bytes(9, new Uint8Array(Float32Array.from(values).buffer)),
  );

const valueInfo = (name: string, sizes: readonly (number | string)[], type: number) => {
  const dimensions = sizes.map((size) =>
    bytes(1, typeof size === "number" ? message(number(1, size)) : message(bytes(2, text(size)))),
  );
  const shape = message(...dimensions);
  return message(
    bytes(1, text(name)),
    bytes(2, message(bytes(1, message(number(1, type), bytes(2, shape))))),
  );
};

const message = (...fields: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from(fields.flat());
const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, content: Uint8Array): number[] => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...content,
];
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const int64 = (value: number): Uint8Array => new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);

function varint(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low + 128, ...varint(Math.floor(value / 128))];
}
