import { CodedError } from "@firebreak/kit/coded-error.ts";

/** Where telemetry is kept, as `--telemetry` says it. No secret is in it. */
export type TelemetryTarget = SqliteTarget | InfluxTarget;

export interface SqliteTarget {
  readonly kind: "sqlite";
  readonly path: string;
}

/** `version` is that of the interface: 1 is InfluxDB 1.x, 2 is 2.x, 3 is 3 Core and Enterprise. */
export interface InfluxTarget {
  readonly kind: "influx";
  readonly version: 1 | 2 | 3;
  /** Base address, such as `http://127.0.0.1:8086`. */
  readonly url: string;
  /** The database of 1.x and 3.x, the bucket of 2.x. */
  readonly database: string;
  /** Organisation, 2.x only; otherwise empty. */
  readonly org: string;
  /** Of 1.x, with a password; absent: a server without authentication. */
  readonly user?: string;
}

const forms =
  "sqlite:<path>, influxdb1://host:port/<database>, influxdb2://host:port/<org>/<bucket> or influxdb3://host:port/<database>";
const defaultPorts = { 1: 8086, 2: 8086, 3: 8181 } as const;

/** @throws CodedError BAD_CONFIGURATION that says what to write instead */
export function parseTelemetryUrl(text: string): TelemetryTarget {
  if (text.startsWith("sqlite:")) {
    const path = text.slice("sqlite:".length);
    if (path === "") throw bad(`--telemetry ${text}: a path is missing; write sqlite:<path>`);
    return { kind: "sqlite", path };
  }
  const version = /^influxdb([123]):\/\//.exec(text)?.[1];
  if (version === undefined) throw bad(`--telemetry: write ${forms}`);
  return parseInflux(Number(version) as 1 | 2 | 3, text);
}

/** The target without anything secret, for messages. */
export const describeTarget = (target: TelemetryTarget): string =>
  target.kind === "sqlite"
    ? `sqlite:${target.path}`
    : `InfluxDB ${target.version}.x at ${target.url}, ${target.version === 2 ? "bucket" : "database"} ${target.database}`;

function parseInflux(version: 1 | 2 | 3, text: string): InfluxTarget {
  const url = readUrl(text);
  if (url.password !== "")
    throw bad(
      "--telemetry: no password in the address, others would see it; put it into a file and name that with --telemetry-token-file, or into FIREBREAK_TELEMETRY_TOKEN",
    );
  if (url.username !== "") throw bad("--telemetry: write the user as ?user=<name>");
  const { isTls, user } = readParameters(url);
  if (user !== undefined && version !== 1)
    throw bad(`--telemetry: InfluxDB ${version}.x takes a token, no user`);
  const { org, database } = readPath(version, url.pathname);
  const port = url.port === "" ? defaultPorts[version] : url.port;
  return {
    kind: "influx",
    version,
    url: `${isTls ? "https" : "http"}://${url.hostname}:${port}`,
    database,
    org,
    ...(user === undefined ? {} : { user }),
  };
}

function readUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw bad(`--telemetry: this is no address; write ${forms}`, error);
  }
  if (url.hostname === "") throw bad(`--telemetry: a host is missing; write ${forms}`);
  return url;
}

function readParameters(url: URL): { isTls: boolean; user: string | undefined } {
  const unknown = [...url.searchParams.keys()].filter((name) => !["tls", "user"].includes(name));
  if (unknown.length > 0)
    throw bad(`--telemetry: ?${unknown[0]}= is not known; there are ?tls=1 and ?user=<name>`);
  const tls = url.searchParams.get("tls") ?? "0";
  if (tls !== "0" && tls !== "1") throw bad("--telemetry: write ?tls=1 or leave it out");
  return { isTls: tls === "1", user: url.searchParams.get("user") ?? undefined };
}

function readPath(version: 1 | 2 | 3, pathname: string): { org: string; database: string } {
  let parts: string[];
  try {
    parts = pathname
      .split("/")
      .slice(1)
      .map((part) => decodeURIComponent(part));
  } catch (error) {
    throw bad("--telemetry: a percent sign in a name is written %25", error);
  }
  const wanted = version === 2 ? 2 : 1;
  if (parts.length !== wanted || parts.includes(""))
    throw bad(
      version === 2
        ? "--telemetry: write influxdb2://host:port/<org>/<bucket>"
        : `--telemetry: write influxdb${version}://host:port/<database>`,
    );
  const [first = "", second = ""] = parts;
  return version === 2 ? { org: first, database: second } : { org: "", database: first };
}

const bad = (message: string, cause?: unknown) =>
  new CodedError("BAD_CONFIGURATION", message, { cause });
