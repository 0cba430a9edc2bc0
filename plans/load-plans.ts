import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
  badConfiguration,
  type ConfigPath,
  type ConfigProblem,
  type ConfigResult,
  inFileOrder,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import { keptParsedTexts, type ParsedTexts } from "@firebreak/kit/parsed-texts.ts";
import type { RegionTree } from "./check-layers.ts";
import { findMistakes } from "./check-plan.ts";
import { expandTemplates } from "./expand-templates.ts";
import { importSignals } from "./imports/import-signals.ts";
import { checkLearnedFiles } from "./learned/check-learned-files.ts";
import type { PlanMistake } from "./plan-mistake.ts";
import { Plan } from "./plan-schema.ts";

export type Problem = ConfigProblem;

const plansFolder = import.meta.dirname;
const planFile = "plan.yaml";

/**
 * Loads one plan. `idOrPath` is the name of a folder under `plans/`, a plan folder or a plan file.
 * @throws CodedError BAD_CONFIGURATION with every problem of the file at once
 */
export const loadPlan = (idOrPath: string): Plan => openPlan(idOrPath).plan;

/** A plan, and where in its file each of its values stands. */
export interface OpenedPlan {
  readonly plan: Plan;
  readonly file: string;
  /** Of the value at a path, or of its key where it is a group or a list; counted from 1. */
  positionOf(path: ConfigPath): { readonly line: number; readonly column: number };
}

/** As `loadPlan`, for who wants to point into the file. @throws CodedError BAD_CONFIGURATION */
export function openPlan(idOrPath: string, regions?: RegionTree): OpenedPlan {
  const file = planFileOf(idOrPath);
  const text = readFileSync(file, "utf8");
  const { plan, problems, problemAt } = readPlan(text, file, { regions, parsed: keptParsedTexts });
  if (plan === undefined || problems.length > 0) throw badConfiguration(file, problems);
  return { plan, file, positionOf: (path) => problemAt(path, "") };
}

/**
 * Every problem of a plan's text, with line and column; empty when it may be used. `file` is where it lies. Region ids
 * are looked at only where `regions` says which there are. Unlike loading it looks into the files that rules learn from:
 * a gateway needs none of them, and a hub that lacks them goes on with the other rules.
 */
export function checkPlan(text: string, file: string, regions?: RegionTree): readonly Problem[] {
  return readPlan(text, file, { regions, also: checkLearnedFiles }).problems;
}

/** Ids of the plans that come with Firebreak, sorted. */
export function listPlans(): readonly string[] {
  return readdirSync(plansFolder)
    .filter((name) => existsSync(join(plansFolder, name, planFile)))
    .sort();
}

/**
 * The plan file that an id, a folder or a file path means.
 * @throws CodedError BAD_CONFIGURATION when there is none
 */
export function planFileOf(idOrPath: string): string {
  const own = join(plansFolder, idOrPath, planFile);
  const candidates = /^[a-z][a-z0-9-]*$/.test(idOrPath) ? [own] : [];
  candidates.push(resolve(idOrPath, planFile), resolve(idOrPath));
  const found = candidates.find((path) => existsSync(path) && statSync(path).isFile());
  if (found) return found;
  throw badConfiguration(idOrPath, [
    {
      path: "",
      line: 1,
      column: 1,
      message: `no such plan; give a path to a plan.yaml, or one of ${listPlans().join(", ")}`,
    },
  ]);
}

/** `<plan>@<version>`, as findings and tickets name it. */
export const planRef = ({ plan, version }: Plan): string => `${plan}@${version}`;

interface ReadPlan {
  readonly plan?: Plan;
  readonly problems: readonly Problem[];
  readonly problemAt: ConfigResult<Plan>["problemAt"];
}

interface ReadOptions {
  readonly regions: RegionTree | undefined;
  readonly parsed?: ParsedTexts;
  /** Further checks, of what lies in the plan's folder. */
  readonly also?: (plan: Plan, folder: string) => readonly PlanMistake[];
}

function readPlan(text: string, file: string, options: ReadOptions): ReadPlan {
  const { regions, parsed, also = () => [] } = options;
  const loaded = loadConfig(text, Plan, parsed);
  const folder = basename(file) === planFile ? basename(dirname(resolve(file))) : undefined;
  const isRejected = "problems" in loaded;
  const written = isRejected ? (loaded.draft as Plan) : loaded.value;
  const { problemAt } = loaded;
  const lies = dirname(resolve(file));
  const { plan, mistakes } = expanded(written, lies);
  const further = [
    ...mistakes,
    ...findMistakes(plan, { folder, regions }),
    ...also(plan, lies),
  ].map(({ path, message, at }) => problemAt(path, message, at));
  if (!isRejected) return { plan, problems: inFileOrder(further), problemAt };
  return { problems: inFileOrder([...loaded.problems, ...further]), problemAt };
}

/**
 * The plan with the signals that templates of devices and imported files bring. A draft that does not fit the schema may
 * lack anything; then nothing is expanded.
 */
function expanded(
  plan: Plan,
  folder: string,
): { readonly plan: Plan; readonly mistakes: readonly PlanMistake[] } {
  try {
    const templates = expandTemplates(plan.acquisition, folder);
    const imports = importSignals(templates.acquisition, folder);
    return {
      plan: { ...plan, acquisition: imports.acquisition },
      mistakes: [...templates.mistakes, ...imports.mistakes],
    };
  } catch (error) {
    if (error instanceof TypeError) return { plan, mistakes: [] };
    throw error;
  }
}
