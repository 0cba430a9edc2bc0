import { Type } from "typebox";
import { describe, expect, test } from "vitest";
import { badConfiguration, formatProblems, loadConfig } from "./load-config.ts";

const closed = { additionalProperties: false } as const;
const Port = Type.Integer({ minimum: 0, maximum: 65535 });
const Schema = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z]+$", description: "lower-case word", maxLength: 8 }),
    port: Port,
    level: Type.Optional(Type.Enum(["debug", "info", "error"])),
    ratio: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
    size: Type.Optional(Type.Number({ minimum: 1 })),
    most: Type.Optional(Type.Number({ maximum: 9 })),
    isOn: Type.Optional(Type.Boolean()),
    pair: Type.Optional(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
    tags: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 2 })),
    mode: Type.Optional(
      Type.Union([Type.Literal("every"), Type.Object({ seconds: Type.Number() }, closed)]),
    ),
    plain: Type.Optional(Type.Union([Type.Literal("a"), Type.Literal("b")])),
    either: Type.Optional(Type.Union([Type.Number(), Type.Boolean()])),
    sources: Type.Optional(
      Type.Array(
        Type.Union([
          Type.Object({ kind: Type.Literal("can"), bus: Type.String() }, closed),
          Type.Object({ kind: Type.Literal("modbus"), port: Port }, closed),
        ]),
      ),
    ),
    named: Type.Optional(Type.Record(Type.String({ pattern: "^[a-z]+$" }), Port, closed)),
  },
  closed,
);

const base = "name: pump\nport: 80\n";

function problemsOf(text: string): string[] {
  const loaded = loadConfig(text, Schema);
  if (!("problems" in loaded)) return [];
  return loaded.problems.map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  );
}

describe("loadConfig", () => {
  test("gives the value of a file without problems", () => {
    const text = `${base}level: info\nmode: { seconds: 2 }\nsources: [{ kind: can, bus: can0 }]\nnamed: { a: 1 }\n`;
    const loaded = loadConfig(text, Schema);
    expect("value" in loaded && loaded.value).toEqual({
      name: "pump",
      port: 80,
      level: "info",
      mode: { seconds: 2 },
      sources: [{ kind: "can", bus: "can0" }],
      named: { a: 1 },
    });
  });

  test.each([
    {
      name: "an unknown key",
      more: "levle: info",
      is: '3:1 levle: unknown key "levle"; did you mean "level"?',
    },
    {
      name: "a key like none",
      more: "xyzzyx: 1",
      is: /unknown key "xyzzyx"; allowed are name, port/,
    },
    {
      name: "a name that does not fit",
      more: "named: { A1: 1 }",
      is: /3:10 named.A1: the name "A1" is not allowed here; it must match/,
    },
    {
      name: "a value of a list",
      more: "level: inof",
      is: '3:8 level: must be one of debug, info, error, not "inof"; did you mean "info"?',
    },
    {
      name: "a value like none",
      more: "level: 5",
      is: "3:8 level: must be one of debug, info, error, not 5",
    },
    {
      name: "open bounds",
      more: "ratio: 1",
      is: "3:8 ratio: must be a number above 0 and below 1, not 1",
    },
    {
      name: "a lower bound",
      more: "size: 0",
      is: "3:7 size: must be a number of at least 1, not 0",
    },
    {
      name: "an upper bound",
      more: "most: 10",
      is: "3:7 most: must be a number of at most 9, not 10",
    },
    {
      name: "text for a number",
      more: "size: large",
      is: '3:7 size: must be a number of at least 1, not "large"',
    },
    {
      name: "infinity",
      more: "size: .inf",
      is: "3:7 size: must be a number of at least 1, not Infinity",
    },
    { name: "no yes or no", more: "isOn: 1", is: "3:7 isOn: must be true or false, not 1" },
    { name: "a short list", more: "pair: [1]", is: "3:1 pair: must have exactly 2 entries, has 1" },
    {
      name: "an empty list",
      more: "tags: []",
      is: "3:1 tags: must have at least 1 entries, has 0",
    },
    {
      name: "a long list",
      more: "tags: [a, b, c]",
      is: "3:1 tags: must have at most 2 entries, has 3",
    },
    { name: "an empty text", more: 'tags: [""]', is: "3:8 tags[0]: must not be empty" },
    { name: "no list", more: "tags: a", is: '3:7 tags: must be a list, not "a"' },
    {
      name: "a number for a text",
      more: "tags: [5]",
      is: "3:8 tags[0]: must be text; put it in quotes, not 5",
    },
    { name: "a list for a text", more: "tags: [[]]", is: "3:8 tags[0]: must be text, not a list" },
    {
      name: "a word or a group",
      more: "mode: some",
      is: '3:7 mode: must be "every" or a group of keys, not "some"',
    },
    {
      name: "a group in the wrong form",
      more: "mode: { second: 1 }",
      is: /mode.second: unknown key "second"; did you mean "seconds"\?/,
    },
    {
      name: "one of two words",
      more: "plain: c",
      is: '3:8 plain: must be one of a, b, not "c"; did you mean "a"?',
    },
    { name: "one of two types", more: "either: x", is: '3:9 either: must be a number, not "x"' },
    { name: "one of two types, given a group", more: "either: {}", is: /3:1 either: / },
    {
      name: "a kind that is not there",
      more: "sources: [{ kind: cna }]",
      is: '3:19 sources[0].kind: must be one of can, modbus, not "cna"; did you mean "can"?',
    },
    {
      name: "no kind",
      more: "sources: [{ bus: can0 }]",
      is: '3:11 sources[0]: "kind" is missing; it must be one of can, modbus',
    },
    {
      name: "a mistake in the kind that was meant",
      more: "sources: [{ kind: modbus, port: 70000 }]",
      is: "3:33 sources[0].port: must be a whole number from 0 to 65535, not 70000",
    },
    {
      name: "nothing for a group",
      more: "named:",
      is: /3:7 named: must be a group of keys and values, not nothing/,
    },
  ])("tells of $name", ({ more, is }) => {
    const found = problemsOf(`${base}${more}\n`);
    expect(found).toContainEqual(typeof is === "string" ? is : expect.stringMatching(is));
  });

  test("tells of all problems at once, in file order", () => {
    expect(problemsOf("port: 1.5\nnaem: 5\nisOn: maybe\n")).toEqual([
      '1:1 : "name" is missing; add it (lower-case word)',
      "1:7 port: must be a whole number from 0 to 65535, not 1.5",
      '2:1 naem: unknown key "naem"; did you mean "name"?',
      '3:7 isOn: must be true or false, not "maybe"',
    ]);
    expect(problemsOf("name: Pump\nport: 1")).toEqual([
      '1:7 name: must be a lower-case word, not "Pump"',
    ]);
    expect(problemsOf("name: concretepump\nport: 1")).toEqual([
      "1:7 name: must have at most 8 characters, has 12",
    ]);
  });

  test.each([
    { name: "broken YAML", text: "name: [", is: /^1:8 : this is not valid YAML: / },
    {
      name: "a key twice",
      text: "port: 1\nname: a\nname: b\n",
      is: /^3:1 : name is a name that is used above already/,
    },
    {
      name: "an alias bomb",
      text: `a: &a [x,x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
        .split("")
        .map((key, at) => `${key}: &${key} [${Array(10).fill(`*${"abcdefg"[at]}`)}]`)
        .join("\n")}\n`,
      is: /this is not valid YAML|unknown key/,
    },
    {
      name: "no file at all",
      text: "",
      is: /^1:1 : must be a group of keys and values, not nothing/,
    },
    { name: "a huge file", text: "#".repeat(4_000_001), is: /larger than/ },
  ])("survives $name", ({ text, is }) => {
    expect(problemsOf(text)[0]).toMatch(is);
  });

  test("tells of a key that stands twice along with all else, of which the last counts", () => {
    expect(problemsOf(`${base}named: { x: 1, x: -1, X: 2 }\n`)).toEqual([
      "3:16 : x is a name that is used above already",
      expect.stringMatching(/^3:19 named\.x: /),
      expect.stringMatching(/^3:23 named\.X: /),
    ]);
  });

  test("points later problems at a value, a key, or the nearest thing there is", () => {
    const loaded = loadConfig(`${base}tags: [a, b]\nnamed:\n  x: 1\n`, Schema);
    const at = (path: (string | number)[], where?: "key" | "value") => {
      const { line, column } = loaded.problemAt(path, "no", where);
      return [line, column];
    };
    expect(at(["port"])).toEqual([2, 7]);
    expect(at(["port"], "key")).toEqual([2, 1]);
    expect(at(["tags", 1])).toEqual([3, 11]);
    expect(at(["tags", 7])).toEqual([3, 1]);
    expect(at(["named", "x"])).toEqual([5, 6]);
    expect(at(["named", "y"])).toEqual([4, 1]);
    expect(at(["port", "deep"])).toEqual([2, 7]);
    expect(at([])).toEqual([1, 1]);
  });

  test("formats problems for terminals and ends a command with BAD_CONFIGURATION", () => {
    const loaded = loadConfig("port: x\nname: a\n", Schema);
    const problems = "problems" in loaded ? loaded.problems : [];
    expect(formatProblems("a.yaml", problems)).toBe(
      'a.yaml:1:7: port: must be a whole number from 0 to 65535, not "x"',
    );
    expect(badConfiguration("a.yaml", problems)).toMatchObject({
      code: "BAD_CONFIGURATION",
      retryable: false,
    });
  });
});
