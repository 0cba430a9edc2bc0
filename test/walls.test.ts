import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Who may import whom (docs/architecture.md). `test` and `bench` may import all and are imported by nobody. */
const allowed: Record<string, readonly string[]> = {
  kit: [],
  log: ["kit"],
  wire: ["kit"],
  plans: ["kit", "wire"],
  gateway: ["kit", "log", "wire", "plans"],
  ingest: ["kit", "log", "wire", "plans"],
  rules: ["kit", "log", "wire", "plans"],
  tickets: ["kit", "plans", "rules/finding.ts"],
  dashboards: ["kit", "wire", "plans", "ingest", "rules", "tickets"],
  simulator: ["kit", "wire", "plans", "gateway"],
  cli: [
    "kit",
    "log",
    "wire",
    "plans",
    "gateway",
    "ingest",
    "rules",
    "tickets",
    "dashboards",
    "simulator",
  ],
};

const isTest = (file: string) => /\.(test|fixture|contract)\.tsx?$|\/contract\.ts$/.test(file);

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(
    (match) => match[1] ?? "",
  );
}

describe("import walls", () => {
  test.each(Object.entries(allowed))("%s imports only what it may", (folder, may) => {
    const wrong: string[] = [];
    for (const file of globSync(`${folder}/**/*.{ts,tsx}`, {
      cwd: root,
      exclude: (name) => name.includes("node_modules") || name.includes("dist"),
    })) {
      if (isTest(file)) continue;
      for (const target of importsOf(join(root, file))) {
        if (target.startsWith(".")) {
          const inside = relative(join(root, folder), resolve(dirname(join(root, file)), target));
          if (inside.startsWith("..")) wrong.push(`${file}: ${target} leaves its folder`);
        } else if (target.startsWith("@firebreak/")) {
          const path = target.slice("@firebreak/".length);
          const other = path.split("/")[0] ?? "";
          if (other !== folder && !may.includes(other) && !may.includes(path))
            wrong.push(`${file}: ${target}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("every folder of the table exists", () => {
    expect(
      Object.keys(allowed).filter((folder) => !existsSync(join(root, folder, "package.json"))),
    ).toEqual([]);
  });
});

test("no file of the tests is longer than 400 lines", () => {
  const files = globSync("*/**/*.{test,fixture}.{ts,tsx}", {
    cwd: root,
    exclude: (name) => name.includes("node_modules") || name.includes("dist"),
  });
  expect(files.length).toBeGreaterThan(100);
  const lengthOf = (file: string) => readFileSync(join(root, file), "utf8").split("\n").length - 1;
  expect(files.filter((file) => lengthOf(file) > 400)).toEqual([]);
});
