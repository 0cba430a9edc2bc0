import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { roles } from "@firebreak/kit/roles.ts";
import { expect, test } from "vitest";
import { ensureWebBuilt } from "../server/web-assets.ts";
import { firstMessages } from "./i18n/first-messages.ts";

const limitBytes = 30_000;
const root = fileURLToPath(new URL(".", import.meta.url));

test("the first load stays small: what index.html asks for, as it is delivered", async () => {
  const dist = await ensureWebBuilt();
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(
    ([, file]) => file,
  );
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce((sum, file) => sum + statSync(join(dist, `${file}.gz`)).size, 0);
  expect(bytes).toBeLessThan(limitBytes);
});

/** The sources that the entry imports before anything was opened. */
function firstSources(): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file) || !existsSync(file)) return;
    found.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, name = ""] of text.matchAll(/^(?:im|ex)port (?!type)[^;]*?"(\.[^"]+)"/gm))
      visit(join(dirname(file), name));
  };
  visit(join(root, "main.tsx"));
  return [...found].filter((file) => !file.includes("/i18n/"));
}

test("every text of the first load comes with it", () => {
  const sources = firstSources();
  expect(sources).toContain(join(root, "parts/shell.tsx"));
  const asked = sources.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\b(?:t\(|text: |language, )"([\w.]+)"/g)].map(
      ([, key = ""]) => key,
    ),
  );
  expect(asked.length).toBeGreaterThan(30);
  const missing = asked.filter((key) => !Object.hasOwn(firstMessages, key));
  expect(missing).toEqual([]);
});

test.each(roles)("the frame of the pages has a word for the role %s", (role) => {
  expect(Object.hasOwn(firstMessages, `role.${role}`)).toBe(true);
});
