import type { ModelFileRule } from "../learned-rule-schema.ts";
import { type OnnxModel, type OnnxTensor, parseOnnx } from "./parse-onnx.ts";
import { readBeside } from "./read-beside.ts";

/** Models of tables of numbers have kilobytes; this bounds what a thread loads. Engineering default. */
export const mostModelBytes = 32_000_000;
const float32 = 1;

/** A model that fits its rule, as far as it can be told without running it. */
export interface FittingModel {
  readonly bytes: Buffer;
  readonly input: string;
  /** Sizes of the input for one question. */
  readonly sizes: readonly number[];
  readonly output: string;
}

/** The model that a rule names, from the folder of its plan; or what is wrong with it. */
export function readModel(
  rule: ModelFileRule,
  folder: string,
): FittingModel | { readonly problem: string } {
  const read = readBeside(folder, rule.model, mostModelBytes);
  if ("problem" in read) return read;
  const say = (problem: string) => ({ problem: `${rule.model}: ${problem}` });
  const model = parsed(read.bytes);
  if ("problem" in model) return say(model.problem);
  const [input, ...more] = model.inputs;
  const [output] = model.outputs;
  if (model.isInPieces) return say("its weights are in another file; save it as one file");
  if (input === undefined || more.length > 0)
    return say(`it takes ${model.inputs.length} inputs; it must take one`);
  if (output === undefined) return say("it gives nothing");
  const problem = wrongType(input, output) ?? wrongOutput(output, rule);
  if (problem) return say(problem);
  const sizes = sizesFor(input, rule);
  if (sizes === undefined)
    return say(
      `its input "${input.name}" is ${shown(input)}; ${rule.rows} rows of ${rule.inputs.length} values are [1, ${rule.rows * rule.inputs.length}] or [1, ${rule.rows}, ${rule.inputs.length}]`,
    );
  return { bytes: read.bytes, input: input.name, sizes, output: output.name };
}

function parsed(bytes: Uint8Array): OnnxModel | { readonly problem: string } {
  try {
    return parseOnnx(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { problem: `this is no model that can be read: ${error.message}` };
  }
}

const wrongType = (...tensors: readonly OnnxTensor[]): string | undefined => {
  const other = tensors.find(({ elementType }) => elementType !== float32);
  return other && `"${other.name}" is not of 32-bit floating point numbers (FLOAT)`;
};

function wrongOutput(output: OnnxTensor, { gives }: ModelFileRule): string | undefined {
  const wanted = gives === "score" ? 1 : 3;
  const sizes = output.sizes ?? [];
  const isKnown = output.sizes !== undefined && sizes.slice(1).every((size) => size !== undefined);
  const count = sizes.reduce<number>((product, size) => product * (size ?? 1), 1);
  if (!isKnown || count === wanted) return undefined;
  return `its output "${output.name}" is ${shown(output)}; ${gives} is ${wanted === 1 ? "one value" : "three values"}`;
}

/** Undefined: the rows of the rule do not fit. */
function sizesFor(
  { sizes }: OnnxTensor,
  { rows, inputs }: ModelFileRule,
): readonly number[] | undefined {
  const flat = rows * inputs.length;
  const candidates = [[1, flat], [1, rows, inputs.length], [flat]];
  const fits = (wanted: readonly number[]) =>
    sizes === undefined ||
    (sizes.length === wanted.length &&
      sizes.every((size, at) => size === undefined || size === wanted[at]));
  return candidates.find(fits);
}

const shown = ({ sizes }: OnnxTensor): string =>
  sizes ? `[${sizes.map((size) => size ?? "?").join(", ")}]` : "of any shape";
