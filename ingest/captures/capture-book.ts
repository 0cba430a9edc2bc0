import type { DatabaseSync } from "node:sqlite";
import type { CaptureStored } from "@firebreak/wire/machine-event.ts";
import type {
  CaptureDetail,
  CaptureRow,
  CaptureState,
  RequestDetail,
  RequestRow,
  RequestState,
} from "./capture-rows.ts";
import { countHeldBytes } from "./held-bytes.ts";

const maxRequests = 100;

const captureColumns = `id, gateway as gatewayId, machine as machineId, name, sha256, format, network, sa, spn, fmi,
  request as requestId, first_us as firstUs, last_us as lastUs, records, plain_bytes as plainBytes,
  stored_bytes as storedBytes, state, detail, damaged`;
const requestColumns = `id, machine as machineId, gateway as gatewayId, asked_by as askedBy, asked_ms as askedMs,
  state, detail`;

/** What is known of recordings and of requests for them, on disk; `maxRows` of each gateway, the newest. */
export function createCaptureBook(database: DatabaseSync, maxRows: number) {
  const insert = database.prepare(
    `insert into capture (gateway, machine, name, sha256, format, network, sa, spn, fmi, request, first_us, last_us,
       records, plain_bytes, stored_bytes, told_ms, state, detail)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', '')
     on conflict (gateway, machine, name, sha256) do update set state = 'waiting', detail = ''
       where capture.state = 'gone'`,
  );
  const surplus = database.prepare(
    "select id from capture where gateway = ? order by id desc limit -1 offset ?",
  );
  const remove = database.prepare("delete from capture where id = ?");
  const one = database.prepare(`select ${captureColumns} from capture where id = ?`);
  const ofMachine = database.prepare(
    `select ${captureColumns} from capture where machine = ? order by last_us desc, id desc limit ?`,
  );
  const open = database.prepare(
    `select ${captureColumns} from capture where gateway = ? and state in ('arriving', 'waiting')
     order by state = 'arriving' desc, request <> '' desc, id limit 20`,
  );
  const gateways = database.prepare(
    `select gateway from capture where state in ('arriving', 'waiting')
     union select gateway from request where state in ('asked', 'recording')`,
  );
  const setCapture = database.prepare(
    "update capture set state = ?, detail = ?, damaged = ?, there_ms = coalesce(?, there_ms) where id = ?",
  );
  const oldestThere = database.prepare(
    `select ${captureColumns} from capture where state = 'there' and gateway = ? order by there_ms, id limit 1`,
  );
  const thereBefore = database.prepare(
    `select ${captureColumns} from capture where state = 'there' and there_ms < ? limit 100`,
  );
  const insertRequest = database.prepare("insert into request values (?, ?, ?, ?, ?, 'asked', '')");
  const oldRequests = database.prepare(
    `delete from request where machine = ?1 and id in
       (select id from request where machine = ?1 order by asked_ms desc limit -1 offset ?2)`,
  );
  const requestsOf = database.prepare(
    `select ${requestColumns} from request where machine = ? order by asked_ms desc, id limit ?`,
  );
  const openRequests = database.prepare(
    `select ${requestColumns} from request where gateway = ? and state in ('asked', 'recording') order by asked_ms`,
  );
  const setRequest = database.prepare(
    "update request set state = ?, detail = ? where id = ? and state in ('asked', 'recording')",
  );
  const expire = database.prepare(
    "update request set state = 'failed', detail = 'expired' where state in ('asked', 'recording') and asked_ms < ?",
  );

  const held = countHeldBytes(database);

  return {
    /** Returns the rows that had to go for it. */
    add(gatewayId: string, machineId: string, told: CaptureStored, nowMs: number): number[] {
      const { code, sa, requestId } = told;
      insert.run(
        gatewayId,
        machineId,
        told.name,
        told.sha256,
        told.format,
        code?.network ?? null,
        code ? sa : null,
        code?.spn ?? null,
        code?.fmi ?? null,
        requestId,
        Number(told.firstNs / 1_000n),
        Number(told.timeNs / 1_000n),
        told.records,
        told.plainBytes,
        told.storedBytes,
        nowMs,
      );
      if (requestId !== "") setRequest.run("stored", "", requestId);
      const gone = surplus.all(gatewayId, maxRows).map(({ id }) => Number(id));
      for (const id of gone) held.around(id, () => void remove.run(id));
      return gone;
    },
    get: (id: number) => toCapture(one.get(id)),
    ofMachine: (machineId: string, limit = 100) => captures(ofMachine.all(machineId, limit)),
    /** Still to be fetched, in this order. */
    open: (gatewayId: string) => captures(open.all(gatewayId)),
    /** Those with anything to do. */
    gateways: () => gateways.all().map(({ gateway }) => String(gateway)),
    set(
      { id, damaged: before }: CaptureRow,
      state: CaptureState,
      detail: CaptureDetail = "",
      { damaged = before, thereMs }: { damaged?: number; thereMs?: number } = {},
    ) {
      held.around(id, () => void setCapture.run(state, detail, damaged, thereMs ?? null, id));
    },
    /** Bytes on disk, or on the way there: of one gateway, or of all. */
    heldBytes: held.of,
    oldestThere: (gatewayId: string) => toCapture(oldestThere.get(gatewayId)),
    thereBefore: (ms: number) => captures(thereBefore.all(ms)),

    addRequest({ id, machineId, gatewayId, askedBy, askedMs }: RequestRow) {
      insertRequest.run(id, machineId, gatewayId, askedBy, askedMs);
      oldRequests.run(machineId, maxRequests);
    },
    requestsOf: (machineId: string, limit = 20) =>
      requestsOf.all(machineId, limit) as unknown as RequestRow[],
    openRequests: (gatewayId: string) => openRequests.all(gatewayId) as unknown as RequestRow[],
    setRequest(id: string, state: RequestState, detail: RequestDetail = "") {
      setRequest.run(state, detail, id);
    },
    expireRequests: (before: number) => void expire.run(before),
  };
}

export type CaptureBook = ReturnType<typeof createCaptureBook>;

const captures = (rows: readonly unknown[]): CaptureRow[] =>
  rows.flatMap((row) => toCapture(row) ?? []);

function toCapture(row: unknown): CaptureRow | undefined {
  if (row === undefined) return undefined;
  const { network, sa, spn, fmi, ...rest } = row as CaptureRow & {
    network: number;
    sa: number;
    spn: number | null;
    fmi: number;
  };
  return { ...rest, code: spn === null ? null : { network, sa, spn, fmi } };
}
