import { readFileSync } from "node:fs";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { badConfiguration, type ConfigProblem, loadConfig } from "@firebreak/kit/load-config.ts";
import { type Static, Type } from "typebox";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1, maxLength: 500 });
const Url = Type.String({ pattern: "^https?://[^@\\s]+$", maxLength: 2_000 });
const Secret = Type.Union(
  [Type.Object({ env: Text }, closed), Type.Object({ file: Text }, closed)],
  { description: "an environment variable or a file; a secret itself does not belong here" },
);

const Source = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,39}$" }),
    maker: Type.Optional(Text),
    url: Type.String({ ...Url, description: "of the first page of the fleet snapshot" }),
    accept: Type.Optional(Type.Enum(["xml", "json"])),
    everyMinutes: Type.Optional(
      Type.Number({ minimum: 1, maximum: 1_440, description: "default 15" }),
    ),
    auth: Type.Union([
      Type.Object(
        {
          kind: Type.Literal("oauth2"),
          tokenUrl: Url,
          clientId: Text,
          clientSecret: Secret,
          scope: Type.Optional(Text),
        },
        closed,
      ),
      Type.Object({ kind: Type.Literal("basic"), user: Text, password: Secret }, closed),
      Type.Object({ kind: Type.Literal("bearer"), token: Secret }, closed),
      Type.Object({ kind: Type.Literal("none") }, closed),
    ]),
  },
  closed,
);

/** The file of `--aemp-sources`: servers of other makers that the hub reads. */
const AempSourcesFile = Type.Object(
  { version: Type.Literal(1), sources: Type.Array(Source, { maxItems: 100 }) },
  closed,
);

/** A source with its secret; never to be logged or shown. */
export interface AempSource {
  readonly config: Static<typeof Source>;
  readonly secret: string;
}

/**
 * Reads the file of sources, and their secrets from the environment or from files.
 * @throws CodedError BAD_CONFIGURATION with every mistake at once
 */
export function loadAempSources(
  file: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly AempSource[] {
  const loaded = loadConfig(read(file), AempSourcesFile);
  if ("problems" in loaded) throw badConfiguration(file, loaded.problems);
  const problems: ConfigProblem[] = [];
  const { sources } = loaded.value;
  const found = sources.map((config, index): AempSource => {
    if (sources.findIndex(({ id }) => id === config.id) < index)
      problems.push(loaded.problemAt(["sources", index, "id"], "is the id of an earlier source"));
    try {
      return { config, secret: secretOf(config.auth, env) };
    } catch (error) {
      problems.push(loaded.problemAt(["sources", index, "auth"], String((error as Error).message)));
      return { config, secret: "" };
    }
  });
  if (problems.length > 0) throw badConfiguration(file, problems);
  return found;
}

function secretOf(
  auth: AempSource["config"]["auth"],
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (auth.kind === "none") return "";
  const ref =
    auth.kind === "oauth2" ? auth.clientSecret : auth.kind === "basic" ? auth.password : auth.token;
  const text = "env" in ref ? env[ref.env] : read(ref.file).replace(/\r?\n$/, "");
  if (text === undefined || text === "") throw noSecret("env" in ref ? ref.env : ref.file);
  return text;
}

const noSecret = (where: string) =>
  new CodedError("BAD_CONFIGURATION", `there is no secret in ${where}`);

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

const unreadable = (file: string, cause: unknown) =>
  new CodedError("BAD_CONFIGURATION", `${file}: cannot be read (${errorCode(cause)})`, { cause });
