import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SilenceCause, silenceCauses } from "@firebreak/ingest/silence/silence.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { createMediaFiles } from "@firebreak/tickets/field/media-files.ts";
import type { ServerPorts } from "./ports.ts";

/** No ticket here has a file. */
export const noMedia: ServerPorts["media"] = {
  files: createMediaFiles(join(tmpdir(), "firebreak-no-media")),
  list: async () => [],
  find: async (mediaId) => Promise.reject(new CodedError("MEDIA_UNKNOWN", mediaId)),
  upload: async (_stream, { ticketId }) =>
    Promise.reject(new CodedError("TICKET_UNKNOWN", ticketId)),
  sweep: async () => 0,
};

/** No machine here is silent. */
export const noSilence = Object.fromEntries(silenceCauses.map((cause) => [cause, 0])) as Record<
  SilenceCause,
  number
>;
/** Nothing was recorded here. */
export const noCaptures: ServerPorts["captures"] = {
  list: () => [],
  requests: () => [],
  request: (machineId) => {
    throw new CodedError("CAPTURE_NO_GATEWAY", machineId);
  },
  find: () => undefined,
  text: async ({ name }) => {
    throw new CodedError("CAPTURE_LOST", name);
  },
};

const dayMs = Date.parse("2026-05-01T00:00:00Z");

/** A day that came late to one machine, with a trouble code and fifty stays above a limit. */
export const lateDataOf = (late: string): ServerPorts["lateData"] => ({
  backFills: async (machineId) =>
    machineId !== late
      ? []
      : [
          {
            ...{ machineId, firstPosition: 4_096, lastPosition: 9_000 },
            ...{ fromMs: dayMs, toMs: dayMs + 86_400_000 },
            ...{ firstReceivedMs: dayMs + 90_000_000, receivedMs: dayMs + 90_060_000 },
            judged: { position: 9_000, atMs: dayMs + 90_180_000 },
            summary: {
              events: 50,
              judgedFrom: "2026-05-01T00:00:00.000Z",
              rules: [
                {
                  ...{ ruleId: "coolant-hot", failureMode: "engine-overheating", count: 50 },
                  about: { en: "The coolant is too hot", "zh-CN": "冷却液过热" },
                  ...{ severity: "warning", signals: ["engineCoolantTemperature"] },
                  ...{ first: "2026-05-01T00:10:00.000Z", last: "2026-05-01T23:50:00.000Z" },
                },
              ],
            },
          },
        ],
  codes: async (_machineId, toMs) => ({
    knownFromMs: dayMs,
    steps: [0, 60_000]
      .map((at) => ({
        ...{
          atMs: dayMs + at,
          network: 0,
          sa: 0,
          dtc: { spn: 100, fmi: 4, oc: 1, cm: 0 as const },
        },
        lamps: { mil: "off", redStop: "off", amberWarning: "on", protect: "off" } as const,
        state: at === 0 ? ("active" as const) : ("gone" as const),
      }))
      .filter(({ atMs }) => atMs < toMs),
  }),
});

/** Nobody may have a file here. */
export const noExport = () => {
  throw new CodedError("EXPORT_UNKNOWN", "there is no such export of yours");
};

/** A desk that is not there but for what is given: whatever else is asked of it ends in NOT_FOUND. */
export const absent = <Desk extends object>(there: Partial<Desk> = {}): Desk =>
  new Proxy(there as Desk, {
    get: (_desk, name) =>
      Reflect.get(there, name) ??
      (async () => {
        throw new CodedError("NOT_FOUND", `${String(name)}: this desk is not part of the fixture`);
      }),
  });

/** Nothing is done in the field here. */
export const noField: ServerPorts["field"] = {
  workOrder: async (ticketId) => Promise.reject(new CodedError("TICKET_UNKNOWN", ticketId)),
  myWork: async () => [],
  sync: async () => ({ serverNow: new Date().toISOString(), answers: [] }),
  resetBaseline: async () => {},
  reports: async () => [],
  verification: async () => undefined,
};
