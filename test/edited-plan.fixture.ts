import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { planFileOf } from "@firebreak/plans/load-plans.ts";
import { expect } from "vitest";
import { temporaryFolder } from "./product.fixture.ts";

/** A folder for `--plans` with one of the plans that come along, edited: each edit has to change something. */
export function folderWithPlan(
  plan: string,
  edits: readonly (readonly [old: string | RegExp, replacement: string])[],
): string {
  const folder = temporaryFolder("edited-plans");
  const file = join(folder, plan, "plan.yaml");
  cpSync(dirname(planFileOf(plan)), dirname(file), { recursive: true });
  let text = readFileSync(file, "utf8");
  for (const [old, replacement] of edits) {
    const before = text;
    text = text.replace(old, replacement);
    expect(text, `${plan} has ${old}`).not.toBe(before);
  }
  writeFileSync(file, text);
  return folder;
}
