import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const ownImport = /^(?:@firebreak\/|\.)/;

/** Every module that loading a file of ours brings along, followed through our own; `import type` brings none. */
function loadedBy(file: string, seen = new Map<string, string>(), from = ""): Map<string, string> {
  if (seen.has(file)) return seen;
  seen.set(file, from);
  const text = readFileSync(file, "utf8");
  for (const [, what = "", name = ""] of text.matchAll(
    /^(?:import|export)\s([^;]*?)\sfrom "([^"]+)";/gm,
  )) {
    const isTypeOnly = what.startsWith("type ") || /^\{(?:\s*type [^,}]+,?)+\s*\}$/.test(what);
    if (isTypeOnly) continue;
    if (!ownImport.test(name)) seen.set(name, file);
    else if (name.startsWith(".")) loadedBy(join(dirname(file), name), seen, file);
    else loadedBy(join(root, name.replace("@firebreak/", "")), seen, file);
  }
  return seen;
}

test("a gateway that runs has loaded neither schemas nor YAML nor a serial port's driver", () => {
  const loaded = loadedBy(join(root, "gateway/watched-gateway.ts"));
  expect(loaded.has(join(root, "gateway/sources/modbus/modbus-source.ts"))).toBe(true);
  expect(loaded.has("rxjs")).toBe(true);
  const heavy = ["typebox", "typebox/compile", "typebox/value", "yaml", "serialport", "node:http"];
  const found = heavy.flatMap((name) => {
    const by = loaded.get(name);
    return by === undefined ? [] : [`${name} by ${by}`];
  });
  expect(found).toEqual([]);
});
