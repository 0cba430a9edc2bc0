import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { loadConfig } from "@firebreak/kit/load-config.ts";
import { fileOfImport } from "./imports/import-signals.ts";
import { planFileOf } from "./load-plans.ts";
import { fileOfTemplate } from "./modbus-template.ts";
import { Plan } from "./plan-schema.ts";

/**
 * The plan's file, those that it imports and the templates of its devices, to be watched for changes. Of a plan that is broken, what can be made out;
 * never throws for what is in it.
 */
export function filesOfPlan(idOrPath: string): readonly string[] {
  try {
    const file = planFileOf(idOrPath);
    return [file, ...importedBy(file)];
  } catch (error) {
    if (error instanceof CodedError) return [];
    throw error;
  }
}

function importedBy(file: string): string[] {
  try {
    const loaded = loadConfig(readFileSync(file, "utf8"), Plan);
    const plan = "value" in loaded ? loaded.value : (loaded.draft as Partial<Plan> | undefined);
    const { imports = [], modbusDevices = {} } = plan?.acquisition ?? {};
    const templates = Object.values(modbusDevices).flatMap(({ template }) =>
      template === undefined ? [] : [fileOfTemplate(template, dirname(file))],
    );
    return [...imports.map((one) => join(dirname(file), fileOfImport(one))), ...templates];
  } catch {
    // Gone, or so broken that it names no files: the plan itself is watched all the same.
    return [];
  }
}
