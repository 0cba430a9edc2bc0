import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ModelFileRule } from "../learned-rule-schema.ts";
import { mostModelBytes, readModel } from "./check-model-file.ts";
import { type MadeOnnx, madeOnnx } from "./onnx.fixture.ts";
import { parseOnnx } from "./parse-onnx.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rule: ModelFileRule = {
  id: "model",
  kind: "model-file",
  about: { en: "It wears", "zh-CN": "磨损" },
  severity: "warning",
  model: "wear.onnx",
  ...{ every: "day", rows: 2, gives: "remaining-days" },
  inputs: [
    { signal: "leakage", of: "max" },
    { signal: "pressure", of: "mean" },
  ],
  part: "pump",
  failureMode: "wears",
};
const fitting: MadeOnnx = {
  input: ["batch", 4],
  output: ["batch", 3],
  weights: Array.from({ length: 12 }, (_, at) => at),
  bias: [1, 2, 3],
};
const read = (made: MadeOnnx, changes: Partial<ModelFileRule> = {}) => {
  writeFileSync(join(folder, "wear.onnx"), madeOnnx(made));
  return readModel({ ...rule, ...changes }, folder);
};

describe("parseOnnx", () => {
  test("names inputs and outputs with their sizes, and passes over weights", () => {
    expect(parseOnnx(madeOnnx(fitting))).toEqual({
      inputs: [{ name: "x", elementType: 1, sizes: [undefined, 4] }],
      outputs: [{ name: "y", elementType: 1, sizes: [undefined, 3] }],
      isInPieces: false,
    });
  });

  test("refuses whatever else there is, at any length", () => {
    const whole = madeOnnx(fitting);
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      try {
        expect(parseOnnx(cut).inputs.length).toBeLessThan(2);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
    expect(() => parseOnnx(new TextEncoder().encode("<html>not found</html>"))).toThrow(RangeError);
  });
});

describe("readModel", () => {
  test.each([
    { name: "flat", input: ["batch", 4], sizes: [1, 4] },
    { name: "in rows", input: ["batch", 2, 2], sizes: [1, 2, 2] },
    { name: "in rows of any number", input: [1, "rows", 2], sizes: [1, 2, 2] },
    { name: "without a batch", input: [4], sizes: [4] },
  ])("gives the rows of a rule to an input that is $name", ({ input, sizes }) => {
    expect(read({ ...fitting, input })).toMatchObject({ input: "x", output: "y", sizes });
  });

  test.each<{ name: string; made?: Partial<MadeOnnx>; changes?: object; problem: string }>([
    {
      name: "an input of another size",
      made: { input: ["batch", 5], weights: Array.from({ length: 15 }, () => 0) },
      problem: 'wear.onnx: its input "x" is [?, 5]; 2 rows of 2 values are [1, 4] or [1, 2, 2]',
    },
    {
      name: "an output of another size",
      changes: { gives: "score", above: 0.5 },
      problem: 'wear.onnx: its output "y" is [?, 3]; score is one value',
    },
    {
      name: "whole numbers",
      made: { elementType: 7 },
      problem: 'wear.onnx: "x" is not of 32-bit floating point numbers (FLOAT)',
    },
    {
      name: "a file that is not there",
      changes: { model: "other.onnx" },
      problem: "there is no other.onnx beside the plan",
    },
  ])("tells of $name", ({ made, changes, problem }) => {
    expect(read({ ...fitting, ...made }, changes)).toEqual({ problem });
  });

  test("tells of bytes that are no model, and of a file that is too large", () => {
    writeFileSync(join(folder, "other.onnx"), "not a model");
    expect(readModel({ ...rule, model: "other.onnx" }, folder)).toEqual({
      problem: expect.stringContaining("other.onnx: this is no model that can be read: "),
    });
    truncateSync(join(folder, "other.onnx"), mostModelBytes + 1);
    expect(readModel({ ...rule, model: "other.onnx" }, folder)).toEqual({
      problem: `other.onnx is larger than ${mostModelBytes} bytes`,
    });
  });
});
