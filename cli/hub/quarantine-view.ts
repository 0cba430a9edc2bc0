import type { QuarantineFilter, QuarantineReader } from "@firebreak/dashboards/server/ports.ts";
import type { QuarantineEntry } from "@firebreak/ingest/delivery/intake-queries.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";

const page = 200;

/** Newest first; the cursor is the place in the journal of the last one shown, so that new ones move nothing. */
export const quarantineView = ({
  intake,
  alarms,
  audit,
  links,
  store,
  retryQuarantined,
}: Pick<Ingest, "intake" | "audit" | "links" | "store" | "retryQuarantined"> &
  Pick<QuarantineReader, "alarms">): QuarantineReader => ({
  alarms,
  refusals: audit.list,
  links,
  async list({ limit, cursor, ...filter }) {
    const found = intake.quarantine({ limit: limit + 1, ...wanted(filter, cursor) });
    const items = found.slice(0, limit).map(toItem);
    return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  },
  *exported(filter) {
    for (let cursor: string | undefined; ; ) {
      const found = intake.quarantine({ limit: page, ...wanted(filter, cursor) });
      for (const entry of found) {
        const bytes = intake.quarantinedBytes(entry.position);
        const base64 = bytes === undefined ? null : Buffer.from(bytes).toString("base64");
        const { position, ...about } = entry;
        yield `${JSON.stringify({ id: String(position), ...about, base64 })}\n`;
      }
      if (found.length < page) return;
      cursor = String(found.at(-1)?.position);
    }
  },
  retry: (id) => retryQuarantined(Number(id)),
  aside: () => store.aside(),
  async *exportedRefused(filter) {
    for (let after = 0; ; ) {
      const found = await store.refused({ ...filter, after, limit: page });
      for (const { id, ...sample } of found)
        yield `${JSON.stringify({ id: String(id), ...sample })}\n`;
      if (found.length < page) return;
      after = found.at(-1)?.id ?? after;
    }
  },
  retryRefused: (filter) => store.retryRefused(filter),
});

function wanted({ reason, gateway, machine, state }: QuarantineFilter, cursor?: string) {
  const before = Number(cursor ?? Number.NaN);
  return {
    ...(Number.isSafeInteger(before) ? { before } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(gateway === undefined ? {} : { gatewayId: gateway }),
    ...(machine === undefined ? {} : { machineId: machine }),
    ...(state === undefined ? {} : { state }),
  };
}

const toItem = (entry: QuarantineEntry) => {
  const { position, at, topic, reason, length, gatewayId, machineId, samples, state } = entry;
  return {
    id: String(position),
    at,
    topic,
    reason,
    bytes: length,
    gatewayId,
    machineId,
    samples,
    state,
  };
};
