import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { formatProblems } from "@firebreak/kit/load-config.ts";
import type { RegionTree } from "@firebreak/plans/check-layers.ts";
import { checkPlan, listPlans, openPlan, planFileOf } from "@firebreak/plans/load-plans.ts";
import { exitCodes } from "../../exit-codes.ts";
import { modelNotices } from "./model-notices.ts";

/**
 * `firebreak plan check`: one line per mistake, `file:line:column: message`; the exit code says whether there is any.
 * A notice is none: it tells what a good plan lacks on this computer.
 * Region ids are looked at where a tree is given.
 */
export function checkPlans(paths: readonly string[], regions?: RegionTree): void {
  const asked = paths.length > 0 ? paths : listPlans();
  let mistakes = 0;
  for (const path of asked) {
    try {
      const file = planFileOf(path);
      const shown = shortest(file);
      const text = readFileSync(file, "utf8");
      const problems = checkPlan(text, file, regions);
      mistakes += problems.length;
      process.stdout.write(
        problems.length > 0 ? `${formatProblems(shown, problems)}\n` : `${shown}: ok\n`,
      );
      // Other plans need not be read twice.
      if (problems.length > 0 || !text.includes("model-file")) continue;
      for (const notice of modelNotices(openPlan(path)))
        process.stdout.write(`${shown}:${notice}\n`);
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== "BAD_CONFIGURATION") throw error;
      mistakes++;
      process.stdout.write(`${error.message}\n`);
    }
  }
  if (mistakes === 0) return;
  process.stderr.write(
    `firebreak plan check: ${mistakes === 1 ? "1 mistake" : `${mistakes} mistakes`}\n`,
  );
  process.exitCode = exitCodes.badConfiguration;
}

/** The path as it is short to read from here. */
export function shortest(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.length < file.length ? fromHere : file;
}
