import type { DatabaseSync } from "node:sqlite";
import type { QuarantineRecord } from "../journal/record.ts";

/** `known`: the hub has it from elsewhere; `released`: it was tried again and taken. */
export const quarantineStates = ["waiting", "released", "known"] as const;
export type QuarantineState = (typeof quarantineStates)[number];

/** What the quarantine may take; what is beyond goes, the oldest first. A gateway's share keeps one from pushing out others. */
export const quarantineLimits = {
  entries: 10_000,
  bytes: 256 * 1024 * 1024,
  entriesOfGateway: 1_000,
  bytesOfGateway: 32 * 1024 * 1024,
  keepMs: 90 * 86_400_000,
} as const;

interface WaitingBatch {
  readonly position: number;
  readonly machineId: string;
  readonly samples: number;
  readonly atMs: number;
}

/** Rows and bytes of what could not be used, inside the transactions of the delivery index. */
export function createQuarantineRows(
  database: DatabaseSync,
  onCut: (gatewayId: string | null, entries: number) => void,
) {
  const put = database.prepare(
    `insert or ignore into quarantine (position, at_ms, topic, reason, gateway, machine, epoch, number, samples, length,
       kept) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const putBytes = database.prepare("insert or ignore into quarantine_bytes values (?, ?)");
  const state = database.prepare("update quarantine set state = ? where position = ?");
  const dropBytes = database.prepare("delete from quarantine_bytes where position = ?");
  const waiting = database.prepare(
    `select position, machine, samples, at_ms from quarantine
     where gateway = ? and epoch = ? and number = ? and state = 'waiting' and reason <> 'cloned-number'
     order by position limit 1`,
  );
  const beyond = (whose: string) =>
    database.prepare(
      `select max(position) as position from (
         select position, row_number() over newest as entries, sum(kept) over newest as bytes
         from quarantine where ${whose} window newest as (order by position desc))
       where entries > ?1 or bytes > ?2`,
    );
  const beyondAll = beyond("true");
  const beyondGateway = beyond("gateway is ?3");
  const cutRows = (whose: string) => ({
    count: database.prepare(
      `select count(*) as n from quarantine where position <= ? and state = 'waiting' and ${whose}`,
    ),
    bytes: database.prepare(
      `delete from quarantine_bytes where position in (select position from quarantine where position <= ? and ${whose})`,
    ),
    rows: database.prepare(`delete from quarantine where position <= ? and ${whose}`),
  });
  const cutAll = cutRows("true");
  const cutGateway = cutRows("gateway is ?");
  const old = {
    waited: database.prepare(
      `select gateway, count(*) as n from quarantine where at_ms < ? and state = 'waiting' group by gateway`,
    ),
    bytes: database.prepare(
      "delete from quarantine_bytes where position in (select position from quarantine where at_ms < ?)",
    ),
    rows: database.prepare("delete from quarantine where at_ms < ?"),
  };

  const cutTo = (
    position: unknown,
    { count, bytes, rows }: ReturnType<typeof cutRows>,
    whose: readonly (string | null)[] = [],
  ): number => {
    if (position === null || position === undefined) return 0;
    const at = Number(position);
    const waited = Number(count.get(at, ...whose)?.n ?? 0);
    bytes.run(at, ...whose);
    rows.run(at, ...whose);
    return waited;
  };
  const touched = new Set<string | null>();

  return {
    add(record: QuarantineRecord, position: number): void {
      const { batch, gatewayId, machineId, receivedAtMs, topic, reason, length, bytes } = record;
      const about = [batch?.epoch ?? null, batch?.number ?? null, batch?.samples ?? 0] as const;
      const from = [topic, reason, gatewayId, machineId] as const;
      put.run(position, receivedAtMs, ...from, ...about, length, bytes.length);
      putBytes.run(position, bytes);
      touched.add(gatewayId);
    },
    /** What waits under this batch number, as committed. */
    waitingAs(
      { gatewayId, epoch }: { readonly gatewayId: string; readonly epoch: string },
      number: number,
    ): WaitingBatch | undefined {
      const row = waiting.get(gatewayId, epoch, number);
      if (!row || row.machine === null) return undefined;
      return {
        position: Number(row.position),
        machineId: String(row.machine),
        samples: Number(row.samples),
        atMs: Number(row.at_ms),
      };
    },
    /** What is settled needs its bytes no more. */
    setState(position: number, now: QuarantineState): void {
      state.run(now, position);
      if (now !== "waiting") dropBytes.run(position);
    },
    /** Keeps to the limits; cheap while nothing was added. */
    cut(): void {
      for (const gatewayId of touched) {
        const { entriesOfGateway, bytesOfGateway } = quarantineLimits;
        const over = beyondGateway.get(entriesOfGateway, bytesOfGateway, gatewayId)?.position;
        const gone = cutTo(over, cutGateway, [gatewayId]);
        if (gone > 0) onCut(gatewayId, gone);
      }
      if (touched.size > 0) {
        const over = beyondAll.get(quarantineLimits.entries, quarantineLimits.bytes)?.position;
        const gone = cutTo(over, cutAll);
        if (gone > 0) onCut(null, gone);
      }
      touched.clear();
    },
    /**
     * Each by its own time, never by its place: what came while the hub's clock stood in 1970 looks old and goes, but
     * takes nothing with it that came before it.
     */
    expire(beforeMs: number): void {
      const waited = old.waited.all(beforeMs);
      old.bytes.run(beforeMs);
      old.rows.run(beforeMs);
      for (const { gateway, n } of waited) onCut(gateway as string | null, Number(n));
    },
  };
}
