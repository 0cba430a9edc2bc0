import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { CodedError } from "./coded-error.ts";
import { explain, type Mistake } from "./explain-config.ts";
import type { ParsedTexts } from "./parsed-texts.ts";

/** Keys and indexes from the top of a file to one value. */
export type ConfigPath = readonly (string | number)[];

/** One thing wrong with a configuration file: where, and in plain words what to do. Lines and columns count from 1. */
export interface ConfigProblem {
  /** Dotted, e.g. `rules.rules[2].signal`; empty for the whole file. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface LoadedConfig<Value> {
  readonly value: Value;
  /** Makes a problem out of a later finding, at the position of the value (or of its key). */
  problemAt(path: ConfigPath, message: string, at?: "key" | "value"): ConfigProblem;
}

/** A file that may not be used. What could be read of it allows further checks, so that all problems come at once. */
export interface RejectedConfig {
  readonly problems: readonly ConfigProblem[];
  /** As it was read, whatever it is; undefined when it is not even YAML. */
  readonly draft: unknown;
  problemAt: LoadedConfig<unknown>["problemAt"];
}

export type ConfigResult<Value> = LoadedConfig<Value> | RejectedConfig;

const maxCharacters = 4_000_000;

/**
 * Reads YAML (or JSON) text against a schema. All problems come back at once, in file order; pure, never throws.
 * Unknown keys are refused where the schema is closed. A text that `parsed` remembers is parsed only when somebody asks
 * where in it something stands.
 */
export function loadConfig<Schema extends TSchema>(
  text: string,
  schema: Schema,
  parsed?: ParsedTexts,
): ConfigResult<Static<Schema>> {
  const read = recallText(text, parsed) ?? readText(text);
  if ("problems" in read) return read;
  const { value, repeats, locate } = read;
  if (repeats.length === 0 && !read.isRecalled) parsed?.keep(text, value);
  const problemAt = (path: ConfigPath, message: string, at: "key" | "value" = "value") => ({
    path: pathText(path),
    ...locate(path, at),
    message,
  });
  const mistakes = check(schema, value);
  if (mistakes.length + repeats.length === 0) return { value: value as Static<Schema>, problemAt };
  return {
    problems: inFileOrder([
      ...repeats,
      ...mistakes.map(({ path, message, at }) => problemAt(path, message, at)),
    ]),
    draft: value,
    problemAt,
  };
}

interface ReadText {
  readonly value: unknown;
  readonly isRecalled: boolean;
  /** Names that stand there twice. */
  readonly repeats: readonly ConfigProblem[];
  locate(path: ConfigPath, at: "key" | "value"): { readonly line: number; readonly column: number };
}

function recallText(text: string, parsed: ParsedTexts | undefined): ReadText | undefined {
  const kept = parsed?.recall(text);
  if (kept === undefined) return undefined;
  let whole: ReadText | RejectedConfig | undefined;
  return {
    value: kept.value,
    isRecalled: true,
    repeats: [],
    locate(path, at) {
      whole ??= readText(text);
      return "problems" in whole ? { line: 1, column: 1 } : whole.locate(path, at);
    },
  };
}

function readText(text: string): ReadText | RejectedConfig {
  if (text.length > maxCharacters)
    return unreadable([problem(`the file is larger than ${maxCharacters} characters`)]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const isRepeated = ({ code }: { readonly code: string }) => code === "DUPLICATE_KEY";
  const broken = document.errors.filter((error) => !isRepeated(error));
  if (broken.length > 0)
    return unreadable(
      broken.map(({ pos, message }) => {
        const { line, col } = lines.linePos(pos[0]);
        return problem(`this is not valid YAML: ${message}`, line, col);
      }),
    );
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return unreadable([problem(`this is not valid YAML: ${(error as Error).message}`)]);
  }
  const repeats = document.errors.filter(isRepeated).map(({ pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return problem(`${keyAt(text, pos[0])} is a name that is used above already`, line, col);
  });
  const locate: ReadText["locate"] = (path, at) => {
    const { line, col } = lines.linePos(offsetOf(document.contents, path, at));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  return { value, isRecalled: false, repeats, locate };
}

/** The key that begins at an offset, as it stands in the file. */
const keyAt = (text: string, offset: number): string =>
  /^[^:\n]*/.exec(text.slice(offset, offset + 100))?.[0].trim() ?? "";

const unreadable = (problems: readonly ConfigProblem[]): RejectedConfig => ({
  problems,
  draft: undefined,
  problemAt: (_path, message) => problem(message),
});

export const inFileOrder = (problems: readonly ConfigProblem[]): readonly ConfigProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column);

/** The compiled check decides; the explanation puts into words what it found. */
function check(schema: TSchema, value: unknown): readonly Mistake[] {
  const compiled = validatorOf(schema);
  if (compiled.Check(value)) return [];
  const explained = explain(schema, value);
  if (explained.length > 0) return explained;
  return compiled.Errors(value).map(({ instancePath, message }) => ({
    path: instancePath.split("/").slice(1),
    message,
    at: "value",
  }));
}

const validators = new WeakMap<TSchema, ReturnType<typeof Compile>>();

function validatorOf(schema: TSchema): ReturnType<typeof Compile> {
  let compiled = validators.get(schema);
  if (compiled === undefined) {
    compiled = Compile(schema);
    validators.set(schema, compiled);
  }
  return compiled;
}

/** `file:line:column: message` per problem, one a line, as editors and terminals understand it. */
export const formatProblems = (file: string, problems: readonly ConfigProblem[]): string =>
  problems
    .map(
      ({ path, line, column, message }) =>
        `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`,
    )
    .join("\n");

/** The error a bad configuration file ends a command with (exit 78). Not retryable: a person must edit the file. */
export const badConfiguration = (file: string, problems: readonly ConfigProblem[]): CodedError =>
  new CodedError("BAD_CONFIGURATION", formatProblems(file, problems));

const problem = (message: string, line = 1, column = 1): ConfigProblem => ({
  path: "",
  line,
  column,
  message,
});

const pathText = (path: ConfigPath): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`,
    "",
  );

/** Character offset of the value (or of its key) at `path`, or of the nearest thing above it that exists. */
function offsetOf(root: Node | null, path: ConfigPath, at: "key" | "value"): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      // The last of a name counts, as in the value that was read.
      const pair = node.items.findLast(
        ({ key }) => isScalar(key) && String(key.value) === String(step),
      );
      if (pair === undefined) return offset;
      const keyOffset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      const value = pair.value as Node | null;
      const wantsKey = (isLast && at === "key") || isMap(value) || isSeq(value);
      offset = wantsKey ? keyOffset : (value?.range?.[0] ?? keyOffset);
      node = value;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (item === undefined) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}
