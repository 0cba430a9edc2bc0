import { readFileSync } from "node:fs";

const { version, released } = JSON.parse(
  readFileSync(new URL("package.json", import.meta.url), "utf8"),
) as { readonly version: string; readonly released: string };

/** What runs here: version, and the day it was made, as `package.json` says. */
export const release = { version, madeMs: Date.parse(`${released}T00:00:00Z`) } as const;
