import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { sharedData } from "./shared-data.ts";

const root = resolve(import.meta.dirname, "..");
const assertionsFile = sharedData("sparkplug/tck_assertions.tsv");

interface Line {
  readonly id: string;
  readonly kind: "tested" | "not applicable";
  /** Files of the tests, or the reason. */
  readonly rest: string;
}

const table: readonly Line[] = [
  ...readFileSync(join(root, "docs/sparkplug.md"), "utf8").matchAll(
    /^\| `([A-Za-z0-9-]+)` \| (?:edge node|host|server) \| (tested|not applicable): (.*) \|$/gm,
  ),
].map(([, id = "", kind, rest = ""]) => ({ id, kind: kind as Line["kind"], rest }));

/** Titles of tests, and names of the rows that become tests. */
const titlePattern = /(?:\btest\(\s*|\)\(\s*|\bname:\s*)(["`])((?:\\.|(?!\1)[^\\])*)\1/g;

const idsIn = (text: string): string[] =>
  [...text.matchAll(titlePattern)].flatMap(([, , title = ""]) =>
    [...title.matchAll(/tck-id-([A-Za-z0-9-]+)/g)].map(([, id = ""]) => id),
  );

/** Files by assertion. Rows of tables stand in fixtures of `test/sparkplug`, whose test runs every one of them. */
function namedIds(): ReadonlyMap<string, ReadonlySet<string>> {
  const named = new Map<string, Set<string>>();
  const files = globSync(["**/*.test.ts", "test/sparkplug/*-rows.fixture.ts"], {
    cwd: root,
    exclude: (name) => /node_modules|dist|^\.|sparkplug-assertions/.test(name),
  });
  for (const file of files)
    for (const id of idsIn(readFileSync(join(root, file), "utf8")))
      named.set(id, (named.get(id) ?? new Set()).add(file));
  return named;
}

describe("assertions of the Sparkplug specification", () => {
  test.runIf(assertionsFile)("each stands in the table, once, and nothing else", () => {
    const lines = readFileSync(assertionsFile ?? "", "utf8")
      .trim()
      .split("\n");
    const ids = lines.map((line) => line.split("\t")[1] ?? "");
    expect(ids.length).toBeGreaterThanOrEqual(298);
    expect(table.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  test("one that is called tested is in the title of a test in the files named", () => {
    const named = namedIds();
    const wrong = table.filter(
      ({ id, kind, rest }) =>
        kind === "tested" &&
        [...rest.matchAll(/`([^`]+)`/g)]
          .map(([, file]) => file)
          .toSorted()
          .join() !== [...(named.get(id) ?? [])].toSorted().join(),
    );
    expect(wrong).toEqual([]);
  });

  test("one that is called not applicable has a reason and no test", () => {
    const named = namedIds();
    const rest = table.filter(({ kind }) => kind === "not applicable");
    expect(rest.filter(({ id, rest: reason }) => named.has(id) || reason.length < 20)).toEqual([]);
  });

  test("a title names no assertion that there is not", () => {
    const known = new Set(table.map(({ id }) => id));
    expect([...namedIds().keys()].filter((id) => !known.has(id))).toEqual([]);
  });

  test("the page states the right numbers", () => {
    const tested = table.filter(({ kind }) => kind === "tested").length;
    const text = readFileSync(join(root, "docs/sparkplug.md"), "utf8");
    const stated = `${tested} of ${table.length} tested, ${table.length - tested} not applicable`;
    expect(text).toContain(stated);
  });

  test("is read off titles and rows, not off comments", () => {
    const text = [
      "// tck-id-one",
      'test("tck-id-two: title", () => {});',
      '{ name: "tck-id-three tck-id-four: row" },',
      'const other = "tck-id-five";',
    ].join("\n");
    expect(idsIn(text)).toEqual(["two", "three", "four"]);
  });
});
