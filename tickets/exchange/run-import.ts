import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { audit } from "../audit/audit.ts";
import type { OrganisationWork } from "../organisation/put-machine.ts";
import { once } from "../service-work.ts";
import type { Columns } from "./columns.ts";
import { exchangeConfig } from "./exchange-config.ts";
import type { ImportCounts } from "./import-kind.ts";
import { type ImportName, importKinds } from "./imports.ts";
import { type ReadRows, type RowFault, readRows } from "./read-rows.ts";
import { readTable } from "./sheet-tasks.ts";

/** A file that was read, before anything is compared with what is stored. */
export interface ReadFile {
  readonly name: ImportName;
  /** SHA-256 of its bytes, hex. */
  readonly hash: string;
  readonly read: ReadRows<Columns>;
}

/** What came of a file. `counts` is what was written, or would be. */
export interface ImportOutcome {
  readonly faults: readonly RowFault[];
  readonly counts: ImportCounts;
}

/** @throws ExchangeError EXCHANGE_FILE, EXCHANGE_TOO_LARGE */
export async function readImport(name: ImportName, bytes: Uint8Array): Promise<ReadFile> {
  const hash = createHash("sha256").update(bytes).digest("hex");
  const { columns, firstKey } = importKinds[name];
  const read = readRows(await readTable(bytes), columns, firstKey);
  return { name, hash, read };
}

/** What would come of it now: all mistakes at once, and how many records are new, changed or the same. */
export async function previewImport(
  db: Database,
  { name, read }: ReadFile,
  at: string,
): Promise<ImportOutcome> {
  const { faults, counts } = await importKinds[name].plan(db, read, at);
  return { faults, counts };
}

/**
 * Imports a file in one transaction: all of it, or nothing when there is one mistake. The same command with the same
 * file again gives the first answer and changes nothing.
 * @throws CodedError COMMAND_REUSED when the command brought another file
 */
export async function carryOutImport(
  begin: <Answer>(work: (work: OrganisationWork) => Promise<Answer>) => Promise<Answer>,
  { name, hash, read }: ReadFile,
  { commandId, wrote }: { readonly commandId: string; readonly wrote: (rows: number) => void },
): Promise<ImportOutcome> {
  const told = async (rows: number) => {
    wrote(rows);
    // What is not written in this turn waits, so that pages and gateways are answered meanwhile.
    if (rows % exchangeConfig.rowsPerTurn === 0) await nextTurn();
  };
  const refused = new CodedError("EXCHANGE_REFUSED", "the file has mistakes: nothing is imported");
  let outcome: ImportOutcome = nothing;
  try {
    return await begin((work) =>
      once(work, { commandId, name: "exchange.import", subject: `${name}:${hash}` }, async () => {
        const plan = await importKinds[name].plan(work.tx, read, work.at);
        outcome = { faults: plan.faults, counts: plan.counts };
        if (plan.faults.length > 0) throw refused;
        await plan.write(work, told);
        const facts = { ...plan.counts, sha256: hash };
        await audit(work, {
          action: "exchange.import",
          subject: { kind: "list", id: name },
          facts,
        });
        return outcome;
      }),
    );
  } catch (error) {
    if (error === refused) return outcome;
    throw error;
  }
}

const nothing: ImportOutcome = { faults: [], counts: { created: 0, changed: 0, same: 0 } };
