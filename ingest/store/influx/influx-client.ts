import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { HttpError, InfluxDB, type Transport, type WriteApi } from "@influxdata/influxdb-client";
import { throwIfGone } from "../asking.ts";
import type { Asking } from "../store.ts";
import type { InfluxTarget } from "../telemetry-url.ts";

/** Where the token (2.x, 3.x) or the password (1.x) is; a file is read anew whenever the server refuses what it said. */
export type InfluxSecret =
  | { readonly file: string }
  | { readonly text: string }
  | { readonly none: true };

/** One select's answer: a table per group. */
export interface InfluxTable {
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/** One server, through the official client. Retries nothing by itself. */
export interface InfluxClient {
  /** Lines joined by line breaks, stamps in nanoseconds. Resolves once the server says it has them all. */
  write(lines: string): Promise<void>;
  /**
   * InfluxQL; one list of tables per statement. @throws CodedError STORE_NOT_FOUND, STORE_UNREACHABLE, STORE_QUERY,
   * retryable where asking again may help; QUERY_CANCELLED
   */
  query(text: string, asking?: Asking): Promise<readonly (readonly InfluxTable[])[]>;
  /** Anything else of its HTTP interface. */
  call(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown>;
  /** Reads the secret anew. */
  refresh(): void;
  close(): void;
}

const kib = 1024;

/** `timeoutMs`: how long a silent server is waited for. @throws CodedError BAD_CONFIGURATION for an unreadable secret */
export function createInfluxClient(
  target: InfluxTarget,
  secret: InfluxSecret,
  { timeoutMs = 30_000 } = {},
): InfluxClient {
  const agent = new (target.url.startsWith("https") ? HttpsAgent : HttpAgent)({ keepAlive: true });
  let { influx, writer } = connect(target, readSecret(secret), { agent, timeoutMs });
  const call = (
    method: "GET" | "POST",
    path: string,
    body?: unknown,
    { abort: signal }: Asking = {},
  ): Promise<unknown> =>
    influx.transport.request(path, body ?? "", {
      method,
      headers: { accept: "application/json", "content-type": "application/json" },
      ...(signal ? { signal } : {}),
    });
  return {
    async write(lines) {
      writer.writeRecord(lines);
      await writer.flush();
    },
    async query(text, asking = {}) {
      throwIfGone(asking.abort);
      const path = `/query?${new URLSearchParams({ db: target.database, q: text })}`;
      const method = /^\s*(select|show)\b/i.test(text) ? "GET" : "POST";
      try {
        return toTables(await call(method, path, undefined, asking));
      } catch (error) {
        throwIfGone(asking.abort);
        throw queryFailed(error);
      }
    },
    call: (method, path, body) => call(method, path, body),
    refresh() {
      ({ influx, writer } = connect(target, readSecret(secret), { agent, timeoutMs }));
    },
    close: () => agent.destroy(),
  };
}

function connect(
  target: InfluxTarget,
  secret: string | undefined,
  transportOptions: { readonly agent: HttpAgent; readonly timeoutMs: number },
): { readonly influx: InfluxDB; readonly writer: WriteApi } {
  const { agent, timeoutMs: timeout } = transportOptions;
  const authorization = authorizationOf(target, secret);
  const influx = new InfluxDB({
    url: target.url,
    timeout,
    transportOptions: { agent },
    headers: authorization === undefined ? {} : { authorization },
  });
  const wrapped = new InfluxDB({
    url: target.url,
    transport: sayingPartial(influx.transport),
  });
  const writer = wrapped.getWriteApi(target.org, target.database, "ns", {
    // One record is one whole batch of ours: the client neither splits nor joins, waits nor tries again.
    batchSize: 2,
    maxBatchBytes: Number.MAX_SAFE_INTEGER,
    flushInterval: 0,
    maxRetries: 0,
    writeFailed: (error) => Promise.reject(error),
    ...(isLocal(target) ? {} : { gzipThreshold: kib }),
  });
  if (target.version === 1)
    writer.path = `/write?${new URLSearchParams({ db: target.database, precision: "ns" })}`;
  return { influx, writer };
}

/** 201 means that some lines were not taken; the client takes it for success, so it is made the failure it is. */
function sayingPartial(transport: Transport): Transport {
  return {
    chunkCombiner: transport.chunkCombiner,
    request: transport.request.bind(transport),
    iterate: transport.iterate.bind(transport),
    send(path, body, options, callbacks) {
      let answer: string | undefined;
      transport.send(path, body, options, {
        ...callbacks,
        responseStarted(headers, status) {
          if (status === 201) answer = "";
          callbacks?.responseStarted?.(headers, status);
        },
        next(data: Uint8Array) {
          if (answer !== undefined) answer += Buffer.from(data).toString("utf8");
        },
        complete() {
          if (answer === undefined) callbacks?.complete?.();
          else callbacks?.error?.(new HttpError(201, "partial write", answer));
        },
      });
    },
  };
}

const isLocal = ({ url }: InfluxTarget) =>
  ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);

function authorizationOf({ version, user }: InfluxTarget, secret: string | undefined) {
  if (version === 1)
    return user === undefined
      ? undefined
      : `Basic ${Buffer.from(`${user}:${secret ?? ""}`).toString("base64")}`;
  if (secret === undefined) return undefined;
  return version === 2 ? `Token ${secret}` : `Bearer ${secret}`;
}

function readSecret(secret: InfluxSecret): string | undefined {
  if ("none" in secret) return undefined;
  if ("text" in secret) return secret.text;
  try {
    return readFileSync(secret.file, "utf8").trim();
  } catch (error) {
    throw unreadable(secret.file, error);
  }
}

const unreadable = (file: string, cause: unknown) =>
  new CodedError("BAD_CONFIGURATION", `${file}: cannot be read (${errorCode(cause)})`, { cause });

interface Answer {
  readonly results?: readonly {
    readonly error?: string;
    readonly series?: readonly {
      readonly tags?: Record<string, string>;
      readonly columns: readonly string[];
      readonly values?: readonly (readonly unknown[])[];
    }[];
  }[];
  readonly error?: string;
}

function toTables(answer: unknown): InfluxTable[][] {
  const { results = [], error } = (answer ?? {}) as Answer;
  const problems = results.flatMap((one) => one.error ?? []);
  // Statements behind one that failed say only that.
  const problem = error ?? problems.find((one) => one !== "not executed") ?? problems[0];
  if (problem !== undefined) throw new CodedError(codeOf(problem), problem);
  return results.map(({ series = [] }) =>
    series.map(({ tags = {}, columns, values = [] }) => ({ tags, columns, values })),
  );
}

const codeOf = (problem: string) =>
  /^(database not found|not executed)/.test(problem) ? "STORE_NOT_FOUND" : "STORE_QUERY";

function queryFailed(cause: unknown): CodedError {
  if (cause instanceof CodedError) return cause;
  if (!(cause instanceof HttpError))
    return new CodedError("STORE_UNREACHABLE", `InfluxDB is not reachable (${errorCode(cause)})`, {
      retryable: true,
      cause,
    });
  const { statusCode, message } = cause;
  const retryable = statusCode >= 429 || statusCode === 408;
  const code = statusCode === 404 ? "STORE_NOT_FOUND" : "STORE_QUERY";
  return new CodedError(code, `InfluxDB answers ${statusCode}: ${message}`, {
    retryable,
    cause,
  });
}
