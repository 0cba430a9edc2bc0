import type { TSchema } from "typebox";
import { nearest } from "./nearest.ts";

/** One thing wrong with a value, before it has a line and a column. */
export interface Mistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Whether the key or the value is to be pointed at. */
  readonly at: "key" | "value";
}

/** The JSON Schema keywords our configuration schemas are made of. */
interface Keywords {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Keywords[];
  readonly properties?: Readonly<Record<string, Keywords>>;
  readonly patternProperties?: Readonly<Record<string, Keywords>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Keywords;
  readonly items?: Keywords;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly description?: string;
}

type Path = Mistake["path"];

/** Says in plain words everything that keeps `value` from fitting `schema`: what is wrong, and what is allowed. */
export function explain(schema: TSchema, value: unknown): readonly Mistake[] {
  return mistakesOf(schema as Keywords, value, []);
}

function mistakesOf(schema: Keywords, value: unknown, path: Path): Mistake[] {
  if (schema.anyOf) return mistakesOfUnion(schema.anyOf, value, path);
  if (schema.enum) return schema.enum.includes(value) ? [] : [oneOf(path, schema.enum, value)];
  if ("const" in schema)
    return value === schema.const ? [] : [wrong(path, `must be ${shown(schema.const)}`, value)];
  switch (schema.type) {
    case "object":
      return mistakesOfObject(schema, value, path);
    case "array":
      return mistakesOfArray(schema, value, path);
    case "string":
      return mistakesOfString(schema, value, path);
    case "number":
    case "integer":
      return mistakesOfNumber(schema, value, path);
    case "boolean":
      return typeof value === "boolean" ? [] : [wrong(path, "must be true or false", value)];
    default:
      return [];
  }
}

function mistakesOfObject(schema: Keywords, value: unknown, path: Path): Mistake[] {
  if (!isRecord(value)) return [wrong(path, "must be a group of keys and values", value)];
  const { properties = {}, patternProperties = {}, required = [] } = schema;
  const mistakes = required
    .filter((key) => !(key in value))
    .map((key) => missing(path, key, properties[key]));
  for (const [key, inner] of Object.entries(value)) {
    const own = properties[key];
    const byPattern = Object.entries(patternProperties).find(([pattern]) =>
      new RegExp(pattern, "u").test(key),
    )?.[1];
    const found = own ?? byPattern ?? schema.additionalProperties;
    if (typeof found === "object") mistakes.push(...mistakesOf(found, inner, [...path, key]));
    else if (found === false) mistakes.push(unknownKey(schema, [...path, key], key));
  }
  return mistakes;
}

function unknownKey(schema: Keywords, path: Path, key: string): Mistake {
  const allowed = Object.keys(schema.properties ?? {});
  const patterns = Object.keys(schema.patternProperties ?? {});
  if (allowed.length === 0)
    return {
      path,
      at: "key",
      message: `the name ${shown(key)} is not allowed here; it must match ${patterns.join(" or ")}`,
    };
  const guess = nearest(key, allowed);
  const hint = guess ? `did you mean ${shown(guess)}?` : `allowed are ${allowed.join(", ")}`;
  return { path, at: "key", message: `unknown key ${shown(key)}; ${hint}` };
}

function missing(path: Path, key: string, schema: Keywords | undefined): Mistake {
  const meaning = schema?.description ? ` (${schema.description})` : "";
  return { path, at: "key", message: `${shown(key)} is missing; add it${meaning}` };
}

function mistakesOfArray(schema: Keywords, value: unknown, path: Path): Mistake[] {
  if (!Array.isArray(value)) return [wrong(path, "must be a list", value)];
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema;
  const mistakes: Mistake[] = [];
  if (value.length < minItems || value.length > maxItems) {
    const wanted =
      minItems === maxItems
        ? `exactly ${minItems}`
        : value.length < minItems
          ? `at least ${minItems}`
          : `at most ${maxItems}`;
    mistakes.push(at(path, `must have ${wanted} entries, has ${value.length}`));
  }
  if (items)
    for (const [index, inner] of value.entries())
      mistakes.push(...mistakesOf(items, inner, [...path, index]));
  return mistakes;
}

function mistakesOfString(schema: Keywords, value: unknown, path: Path): Mistake[] {
  if (typeof value !== "string")
    return [
      wrong(
        path,
        typeof value === "number" ? "must be text; put it in quotes" : "must be text",
        value,
      ),
    ];
  if (value.length < (schema.minLength ?? 0)) return [at(path, "must not be empty")];
  if (value.length > (schema.maxLength ?? Number.POSITIVE_INFINITY))
    return [at(path, `must have at most ${schema.maxLength} characters, has ${value.length}`)];
  if (schema.pattern && !new RegExp(schema.pattern, "u").test(value))
    return [wrong(path, `must be a ${schema.description ?? `text like ${schema.pattern}`}`, value)];
  return [];
}

function mistakesOfNumber(schema: Keywords, value: unknown, path: Path): Mistake[] {
  const kind = schema.type === "integer" ? "a whole number" : "a number";
  const bounds = boundsText(schema);
  const wanted = `must be ${kind}${bounds}`;
  if (typeof value !== "number" || !Number.isFinite(value)) return [wrong(path, wanted, value)];
  const isInside =
    value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
    value <= (schema.maximum ?? Number.POSITIVE_INFINITY) &&
    value > (schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) &&
    value < (schema.exclusiveMaximum ?? Number.POSITIVE_INFINITY);
  if (isInside && (schema.type === "number" || Number.isInteger(value))) return [];
  return [wrong(path, wanted, value)];
}

function boundsText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Keywords): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const parts = [
    minimum === undefined ? "" : ` of at least ${minimum}`,
    maximum === undefined ? "" : ` of at most ${maximum}`,
    exclusiveMinimum === undefined ? "" : ` above ${exclusiveMinimum}`,
    exclusiveMaximum === undefined ? "" : ` below ${exclusiveMaximum}`,
  ];
  return parts.filter((part) => part !== "").join(" and");
}

/** Of a union, the branch the writer meant is explained: by its constants, else by its type. */
function mistakesOfUnion(branches: readonly Keywords[], value: unknown, path: Path): Mistake[] {
  const failures = branches.map((branch) => mistakesOf(branch, value, path));
  if (failures.some((mistakes) => mistakes.length === 0)) return [];
  const constants = branches.filter((branch) => "const" in branch).map((branch) => branch.const);
  if (constants.length === branches.length) return [oneOf(path, constants, value)];
  const objects = branches.filter((branch) => branch.type === "object");
  if (isRecord(value) && objects[0]) {
    const tag = tagOf(objects);
    if (tag === undefined) return mistakesOf(objects[0], value, path);
    const named = objects.find((branch) => branch.properties?.[tag]?.const === value[tag]);
    if (named) return mistakesOf(named, value, path);
    const allowed = objects.map((branch) => branch.properties?.[tag]?.const);
    return tag in value
      ? [oneOf([...path, tag], allowed, value[tag])]
      : [at(path, `${shown(tag)} is missing; it must be one of ${allowed.join(", ")}`)];
  }
  const other = objects.length > 0 ? " or a group of keys" : "";
  return constants.length > 0
    ? [wrong(path, `must be ${constants.map(shown).join(" or ")}${other}`, value)]
    : (failures[0] ?? []);
}

/** The key whose constant tells the object branches of a union apart. */
const tagOf = (branches: readonly Keywords[]): string | undefined =>
  Object.entries(branches.find((branch) => branch.properties)?.properties ?? {}).find(
    ([, inner]) => "const" in inner,
  )?.[0];

function oneOf(path: Path, allowed: readonly unknown[], value: unknown): Mistake {
  const guess = typeof value === "string" ? nearest(value, allowed.map(String)) : undefined;
  const hint = guess ? `; did you mean ${shown(guess)}?` : "";
  return wrong(path, `must be one of ${allowed.join(", ")}`, value, hint);
}

const at = (path: Path, message: string): Mistake => ({ path, message, at: "value" });

const wrong = (path: Path, wanted: string, value: unknown, hint = ""): Mistake =>
  at(path, `${wanted}, not ${shown(value)}${hint}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of keys";
  if (typeof value !== "string") return String(value);
  return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
}
