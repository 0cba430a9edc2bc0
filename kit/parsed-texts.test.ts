import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "typebox";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./load-config.ts";
import { type ParsedTexts, parsedTextsIn } from "./parsed-texts.ts";

const Schema = Type.Object({ words: Type.Array(Type.String()), last: Type.Number() });
const textWith = (last: string) =>
  `words:\n${Array.from({ length: 400 }, (_, at) => `  - "word ${at}"\n`).join("")}last: ${last}\n`;

let folder = "";
let parsed: ParsedTexts;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "firebreak-parsed-")), "texts");
  parsed = parsedTextsIn(() => folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const filesThere = () => readdirSync(folder);

describe("texts that were parsed before", () => {
  test("give the same value, and the same places in the file", () => {
    const [first, second] = [1, 2].map(() => loadConfig(textWith("7"), Schema, parsed));
    const plain = loadConfig(textWith("7"), Schema);
    if (!first || !second || "problems" in plain || "problems" in first || "problems" in second)
      throw new Error("the text is good");
    expect(filesThere()).toHaveLength(1);
    expect(second.value).toEqual(plain.value);
    for (const path of [["last"], ["words", 399], ["nowhere"]])
      expect(second.problemAt(path, "here")).toEqual(plain.problemAt(path, "here"));
  });

  test("have the mistakes that the schema of now finds", () => {
    loadConfig(textWith("7"), Schema, parsed);
    const strict = Type.Object({ ...Schema.properties, last: Type.Number({ minimum: 8 }) });
    expect(loadConfig(textWith("7"), strict, parsed)).toMatchObject({
      problems: [{ path: "last", line: 402, column: 7 }],
    });
  });

  test.each([
    { name: "no YAML", text: `${textWith("7")}: :\n- x` },
    { name: "a name twice", text: `${textWith("7")}last: 8\n` },
    { name: "what JSON cannot say", text: textWith(".nan") },
    { name: "short ones", text: "words: []\nlast: 7\n" },
  ])("keep nothing of $name", ({ text }) => {
    const before = loadConfig(text, Schema);
    const after = loadConfig(text, Schema, parsed);
    expect("problems" in after).toBe("problems" in before);
    if ("problems" in before && "problems" in after)
      expect(after.problems).toEqual(before.problems);
    expect(parsed.recall(text)).toBeUndefined();
  });

  test("are parsed anew where the file was torn, or the folder cannot be written", () => {
    loadConfig(textWith("7"), Schema, parsed);
    writeFileSync(join(folder, filesThere()[0] ?? ""), '{"words":[');
    expect(loadConfig(textWith("7"), Schema, parsed)).toMatchObject({ value: { last: 7 } });
    const nowhere = parsedTextsIn(() => join(folder, filesThere()[0] ?? "", "below a file"));
    expect(loadConfig(textWith("7"), Schema, nowhere)).toMatchObject({ value: { last: 7 } });
    const none = parsedTextsIn(() => undefined);
    expect(loadConfig(textWith("7"), Schema, none)).toMatchObject({ value: { last: 7 } });
  });

  test("do not grow without end", () => {
    for (let edit = 0; edit < 450; edit++) parsed.keep(textWith(`${edit}`), { last: edit });
    expect(filesThere().length).toBeLessThanOrEqual(200);
    expect(parsed.recall(textWith("449"))).toEqual({ value: { last: 449 } });
  });
});
