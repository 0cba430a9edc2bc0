import type { DatabaseSync } from "node:sqlite";
import type { DtcFreezeFrame } from "@firebreak/wire/machine-event.ts";

/** The newest freeze frame of one trouble code. */
export interface KeptFreezeFrame
  extends Required<Pick<DtcFreezeFrame, "network" | "sa" | "values" | "extra">> {
  readonly spn: number;
  readonly fmi: number;
  /** Occurrence count; 127: not available. */
  readonly oc: number;
  /** First and last told as it is, by the machine's clock, ms since 1970. */
  readonly sinceMs: number;
  readonly seenMs: number;
}

/** Of one machine; what was told longest ago makes room. */
const mostFrames = 200;

const schema = `
create table if not exists freeze_frame (machine text not null, network integer not null, sa integer not null,
  spn integer not null, fmi integer not null, since_ms integer not null, seen_ms integer not null, said text not null,
  primary key (machine, network, sa, spn, fmi)) without rowid;
`;

/** What control units kept when trouble codes became active: of each code the newest. */
export function createFreezeFrames(database: DatabaseSync) {
  database.exec(schema);
  const put = database.prepare(
    `insert into freeze_frame values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do update set seen_ms = excluded.seen_ms, said = excluded.said,
       since_ms = case when said = excluded.said then since_ms else excluded.since_ms end
     where excluded.seen_ms >= seen_ms`,
  );
  const trim = database.prepare(
    `delete from freeze_frame where machine = ?1 and (network, sa, spn, fmi) in
       (select network, sa, spn, fmi from freeze_frame where machine = ?1
        order by seen_ms desc, network, sa, spn, fmi limit -1 offset ${mostFrames})`,
  );
  const list = database.prepare(
    `select network, sa, spn, fmi, since_ms as sinceMs, seen_ms as seenMs, said from freeze_frame
     where machine = ? order by seen_ms desc, network, sa, spn, fmi`,
  );
  return {
    take(machineId: string, { network = 0, sa, dtc, values, extra }: DtcFreezeFrame, atMs: number) {
      const said = JSON.stringify({ oc: dtc.oc, values, extra });
      put.run(machineId, network, sa, dtc.spn, dtc.fmi, atMs, atMs, said);
      trim.run(machineId);
    },
    /** The newest first. */
    of: (machineId: string): KeptFreezeFrame[] =>
      list.all(machineId).map((row) => {
        const { said, ...place } = row as unknown as KeptFreezeFrame & { said: string };
        return {
          ...place,
          ...(JSON.parse(said) as Pick<KeptFreezeFrame, "oc" | "values" | "extra">),
        };
      }),
  };
}
