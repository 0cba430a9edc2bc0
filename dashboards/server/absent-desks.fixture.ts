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

/** Nothing came late here. */
export const noLateData: ServerPorts["lateData"] = {
  backFills: async () => [],
  codes: async () => ({ knownFromMs: null, steps: [] }),
};

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
