import { expect, test } from "vitest";
import { edited, good, said } from "./broken-plans.fixture.ts";

const anchor = "  verification:\n    context: running\n";
const of = (...lines: readonly string[]): string[] =>
  said(
    edited(good, [
      anchor,
      [
        "    - id: together",
        "      kind: composite",
        "      about: { en: Together, zh-CN: 同时 }",
        "      severity: warning",
        "      holdSeconds: 5",
        ...lines.map((line) => `      ${line}`),
        anchor,
      ].join("\n"),
    ]),
  );

test.each([
  {
    name: "nothing wrong",
    lines: ["all: [pressure-low, trouble-code]", "failureMode: oil-pressure-low"],
    says: [],
  },
  {
    name: "a rule that is not there, and one that stands there twice",
    lines: ["any: [pressure-lov, trouble-code, trouble-code]", "failureMode: oil-pressure-low"],
    says: [
      '94:13 there is no live rule above this one "pressure-lov"; did you mean "pressure-low"?',
      "94:41 stands in this list already",
    ],
  },
  {
    name: "two ways of looking, and a sequence without a time",
    lines: [
      "all: [pressure-low, trouble-code]",
      "sequence: [pressure-low, trouble-code]",
      "failureMode: oil-pressure-low",
    ],
    says: [
      '89:7 give exactly one of "all", "any" and "sequence"',
      '89:7 a sequence needs "withinSeconds"',
    ],
  },
  {
    name: "a time that nothing asks for, and a fault code that is not there",
    lines: [
      "any: [pressure-low, trouble-code]",
      "withinSeconds: 5",
      "failureMode: oil-pressure-lov",
    ],
    says: [
      '95:7 "any" asks for one rule alone; remove this',
      '96:20 there is no failure mode "oil-pressure-lov"; did you mean "oil-pressure-low"?',
    ],
  },
])("a composite rule: $name", ({ lines, says }) => {
  expect(of(...lines)).toEqual(says);
});
