import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { ReadinessCheck, TelemetryReader } from "../ports.ts";

/** A store that is well answers sooner, whatever it is asked. */
const slowMs = 15_000;

/**
 * The same reader, and what is wrong with it: red from the first read that the store refuses or does not answer until
 * one succeeds. Only when somebody asks for samples does anybody miss them, so nothing is read to find out; while it is
 * red each look tries a small read.
 */
export function watchTelemetry(store: TelemetryReader): {
  readonly telemetry: TelemetryReader;
  readonly check: ReadinessCheck;
} {
  let fault: string | undefined;
  let isProbing = false;
  const watched = async <Result>(read: () => Promise<Result>): Promise<Result> => {
    const slow = setTimeout(() => {
      fault = `no answer within ${slowMs / 1_000} s`;
    }, slowMs).unref();
    try {
      const result = await read();
      fault = undefined;
      return result;
    } catch (error) {
      if (errorCode(error).startsWith("STORE_"))
        fault = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      clearTimeout(slow);
    }
  };
  const probe = async (): Promise<void> => {
    if (isProbing) return;
    isProbing = true;
    await watched(() => store.raw({ machineId: "", signal: "", limit: 1 })).catch(() => undefined);
    isProbing = false;
  };
  return {
    telemetry: {
      signals: (machineId) => watched(() => store.signals(machineId)),
      raw: (query, asking) => watched(() => store.raw(query, asking)),
      buckets: (query, asking) => watched(() => store.buckets(query, asking)),
      stretches: (query, asking) => watched(() => store.stretches(query, asking)),
      fleetHours: (query, asking) => watched(() => store.fleetHours(query, asking)),
    },
    check: {
      name: "telemetry-reads",
      // Everything else is served: nobody should send people elsewhere for it.
      severity: "warning",
      problem() {
        if (fault === undefined) return undefined;
        void probe();
        return `stored samples cannot be read: ${fault}`;
      },
    },
  };
}
