import type { ReadinessCheck } from "@firebreak/dashboards/server/ports.ts";
import type { TelemetryAccess } from "@firebreak/ingest/store/open-store.ts";
import type { FollowingStore } from "@firebreak/ingest/store/store.ts";
import { parseTelemetryUrl } from "@firebreak/ingest/store/telemetry-url.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";

export const TOKEN_VARIABLE = "FIREBREAK_TELEMETRY_TOKEN";

/**
 * The store that the command line names, with its token or password from a file or the environment.
 * @throws CodedError BAD_CONFIGURATION
 */
export function telemetryAccess(
  url: string,
  tokenFile: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TelemetryAccess {
  const target = parseTelemetryUrl(url);
  const text = environment[TOKEN_VARIABLE];
  if (tokenFile !== undefined) {
    if (target.kind === "sqlite") throw noSecret();
    return { target, secret: { file: tokenFile } };
  }
  if (text !== undefined && text !== "" && target.kind !== "sqlite")
    return { target, secret: { text } };
  if (target.kind === "influx" && target.version === 2)
    throw new CodedError(
      "BAD_CONFIGURATION",
      `--telemetry: InfluxDB 2.x wants a token; name a file with --telemetry-token-file or set ${TOKEN_VARIABLE}`,
    );
  return { target, secret: { none: true } };
}

const noSecret = () =>
  new CodedError("BAD_CONFIGURATION", "--telemetry-token-file: a file in SQLite has no token");

/** Red while the store cannot write, and for good when a thread of it has ended; what comes is kept in the journal. */
export const telemetryReadiness = (
  store: Pick<FollowingStore, "lastError" | "isRunning">,
): ReadinessCheck[] => [
  {
    name: "telemetry",
    async problem() {
      if (!store.isRunning) return undefined;
      const fault = await store.lastError();
      return fault
        ? `telemetry is kept in the journal since ${fault.at}: ${fault.message}`
        : undefined;
    },
  },
  {
    name: "telemetry-thread",
    severity: "fatal",
    problem: () =>
      store.isRunning
        ? undefined
        : "a thread of the telemetry store has ended, the log says why; start the hub anew",
  },
];
