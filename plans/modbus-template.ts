import { readdirSync, readFileSync } from "node:fs";
import { basename, isAbsolute, join, normalize } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import {
  badConfiguration,
  type ConfigProblem,
  inFileOrder,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import { type Static, Type } from "typebox";
import { checkRegister } from "./check-modbus.ts";
import { deviceManners, registerManners, registerPlace } from "./modbus-schema.ts";
import { Signal } from "./plan-schema.ts";
import { closed, Id, literals, SignalName, Text } from "./schema-words.ts";

const { table, address, type, ...rest } = registerPlace;

const TemplateSignal = Type.Object(
  {
    title: Signal.properties.title,
    unit: Signal.properties.unit,
    scale: Type.Optional(Type.Number({ default: 1 })),
    offset: Type.Optional(Type.Number({ default: 0 })),
    range: Signal.properties.range,
    sampling: Signal.properties.sampling,
    register: Type.Object({ table: Type.Optional(table), address, type, ...rest }, closed),
  },
  closed,
);

/** The registers of one kind of device, as a file under `plans/modbus-devices/` or a customer's own. */
export const ModbusTemplate = Type.Object(
  {
    template: Id,
    title: Text,
    source: Type.String({ minLength: 1, description: "where these facts come from" }),
    confidence: literals(["restated", "unconfirmed", "constructed"], {
      description: "unconfirmed: compare with the maker's table before use",
    }),
    notes: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    device: Type.Optional(Type.Object(deviceManners, closed)),
    registers: Type.Object(
      { table, ...registerManners },
      { ...closed, description: "what holds for every register that says nothing else" },
    ),
    signals: Type.Record(SignalName, TemplateSignal, closed),
  },
  closed,
);
export type ModbusTemplate = Static<typeof ModbusTemplate>;

const templatesFolder = join(import.meta.dirname, "modbus-devices");

/** Ids of the templates that come with Firebreak, sorted. */
export const listTemplates = (): readonly string[] =>
  readdirSync(templatesFolder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => basename(name, ".yaml"))
    .sort();

/** The file that a template's id, or a path that counts from `folder`, means. */
export const fileOfTemplate = (idOrPath: string, folder: string): string =>
  /^[a-z][a-z0-9-]*$/.test(idOrPath)
    ? join(templatesFolder, `${idOrPath}.yaml`)
    : join(folder, idOrPath);

/**
 * Loads a template by its id, or by a path that counts from `folder` and does not leave it.
 * @throws CodedError BAD_CONFIGURATION with every problem of the file at once
 */
export function loadTemplate(idOrPath: string, folder: string): ModbusTemplate {
  if (isAbsolute(idOrPath) || normalize(idOrPath).startsWith(".."))
    throw unusable(idOrPath, "must lie beside the plan or below");
  const file = fileOfTemplate(idOrPath, folder);
  const { template, problems } = readTemplate(readText(file), file);
  if (template === undefined || problems.length > 0) throw badConfiguration(file, problems);
  return template;
}

const unusable = (file: string, message: string) =>
  badConfiguration(file, [{ path: "", line: 1, column: 1, message }]);

/** Pure: what a template's text says, and everything wrong with it. */
export function readTemplate(
  text: string,
  file: string,
): { readonly template?: ModbusTemplate; readonly problems: readonly ConfigProblem[] } {
  const loaded = loadConfig(text, ModbusTemplate);
  if ("problems" in loaded) return { problems: loaded.problems };
  const { value: template, problemAt } = loaded;
  const problems: ConfigProblem[] = [];
  if (template.template !== basename(file, ".yaml"))
    problems.push(problemAt(["template"], `must be the name of its file, "${basename(file)}"`));
  for (const [name, { range, register }] of Object.entries(template.signals)) {
    const [min = 0, max = 0] = range;
    if (min >= max) problems.push(problemAt(["signals", name, "range"], "the range is empty"));
    for (const { key, message } of checkRegister(wholeRegister(template, register)))
      problems.push(problemAt(["signals", name, "register", key], message));
  }
  return { template, problems: inFileOrder(problems) };
}

/** A register with what the template says for all; a float has no highest codes. */
export function wholeRegister(
  { registers }: ModbusTemplate,
  register: ModbusTemplate["signals"][string]["register"],
) {
  const { topCodes, ...manners } = registers;
  const codes = register.type.startsWith("float") || topCodes === undefined ? {} : { topCodes };
  return { ...manners, ...codes, ...register };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const known = listTemplates().join(", ");
    throw unusable(file, `cannot be read (${errorCode(error)}); the templates are ${known}`);
  }
}
