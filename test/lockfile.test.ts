import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

interface Lockfile {
  readonly packages: Record<string, { readonly optionalDependencies?: Record<string, string> }>;
}

test("the lockfile names every optional package, else npm ci refuses it on a fresh clone", () => {
  const file = resolve(import.meta.dirname, "../package-lock.json");
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as Lockfile;
  const missing = Object.entries(packages).flatMap(([name, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (wanted) =>
        !packages[`node_modules/${wanted}`] && !packages[`${name}/node_modules/${wanted}`],
    ),
  );
  expect(missing).toEqual([]);
});
