import { DatabaseSync } from "node:sqlite";
import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type {
  DtcFreezeFrame,
  EcuIdentity,
  IdentityFact,
  MachineEvent,
} from "@firebreak/wire/machine-event.ts";
import { inTransaction } from "../store/book/transaction.ts";
import { createFreezeFrames, type KeptFreezeFrame } from "./freeze-frames.ts";
import { newestOf, placeWord, type Word } from "./placed-word.ts";

/** One thing that a control unit says of itself. */
export interface ControllerFact {
  readonly fact: IdentityFact;
  readonly now: Word;
  /** Everything it has said, the oldest first; the first is where our knowledge begins, each further one a change. */
  readonly words: readonly Word[];
}

/** A control unit: an address of a network of a machine, whoever sits there. */
export interface Controller {
  /** 0: the machine's main network. */
  readonly network: number;
  readonly sa: number;
  readonly facts: readonly ControllerFact[];
}

export interface ControllerReader {
  /** By network, then address. */
  of(machineId: string): readonly Controller[];
  /** The newest freeze frame of each trouble code, the newest first. */
  freezeFrames(machineId: string): readonly KeptFreezeFrame[];
}

export interface ControllerBook extends ControllerReader {
  /** What arrived in batches, all of it or nothing; the same may come any number of times, in any order. Never throws. */
  note(machineId: string, events: readonly MachineEvent[]): void;
  close(): void;
}

/** Of one machine, as a gateway tells no more either. */
const mostFacts = 256;
const mostWords = 20;

const schema = `
create table if not exists word (machine text not null, network integer not null, sa integer not null,
  fact text not null, since_ms integer not null, seen_ms integer not null, fields text not null,
  primary key (machine, network, sa, fact, since_ms)) without rowid;
`;

interface Row {
  readonly network: number;
  readonly sa: number;
  readonly fact: IdentityFact;
  readonly since_ms: number;
  readonly seen_ms: number;
  readonly fields: string;
}

/**
 * Who the control units of each machine say they are, when that changed, and what they kept of their codes; in a file. A VIN is personal data.
 * @throws the system's error if the file cannot be opened
 */
export function openControllerBook(
  path: string,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): ControllerBook {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec(`pragma journal_mode = wal; pragma synchronous = normal; ${schema}`);
  const frames = createFreezeFrames(database);
  const key = "machine = ? and network = ? and sa = ? and fact = ?";
  const ofFact = database.prepare(`select * from word where ${key} order by since_ms`);
  const ofMachine = database.prepare(
    "select * from word where machine = ? order by network, sa, fact, since_ms",
  );
  const factsOf = database.prepare(
    "select count(*) as facts from (select distinct network, sa, fact from word where machine = ?)",
  );
  const put = database.prepare("insert or replace into word values (?, ?, ?, ?, ?, ?, ?)");
  const remove = database.prepare(`delete from word where ${key} and since_ms = ?`);

  // A machine whose clock is ahead must not hold the last word for years.
  const instantOf = ({ timeNs }: MachineEvent): number =>
    Math.min(Number(timeNs / 1_000_000n), clock.nowMs());
  const take = (machineId: string, event: EcuIdentity): void => {
    const place = [machineId, event.network ?? 0, event.sa, event.fact] as const;
    const words = (ofFact.all(...place) as unknown as Row[]).map(toWord);
    if (words.length === 0 && Number(factsOf.get(machineId)?.facts) >= mostFacts) return;
    const placed = placeWord(words, event.fields, instantOf(event));
    if (placed === undefined) return;
    if (placed.moved !== undefined) remove.run(...place, placed.moved);
    const { sinceMs, seenMs, fields } = placed.put;
    put.run(...place, sinceMs, seenMs, JSON.stringify(fields));
    const isMore = !words.some((word) => word.sinceMs === (placed.moved ?? sinceMs));
    const [oldest] = words;
    if (isMore && oldest && words.length >= mostWords) remove.run(...place, oldest.sinceMs);
  };

  return {
    note(machineId, events) {
      const told = events.filter(isOfController);
      if (told.length === 0) return;
      try {
        inTransaction(database, () => {
          for (const event of told)
            if (event.kind === "identity") take(machineId, event);
            else frames.take(machineId, event, instantOf(event));
        });
      } catch (err) {
        // A full disk, most likely; a gateway tells it again at its next start.
        log.warn({ err, code: errorCode(err), machineId }, "controllers were not noted");
      }
    },
    freezeFrames: frames.of,
    of: (machineId) => toControllers(ofMachine.all(machineId) as unknown as Row[]),
    close: () => database.close(),
  };
}

const isOfController = (event: MachineEvent): event is EcuIdentity | DtcFreezeFrame =>
  event.kind === "identity" || event.kind === "freeze-frame";

const toWord = ({ since_ms, seen_ms, fields }: Row): Word => ({
  fields: JSON.parse(fields) as string[],
  sinceMs: since_ms,
  seenMs: seen_ms,
});

function toControllers(rows: readonly Row[]): Controller[] {
  const byPlace = Map.groupBy(rows, ({ network, sa }) => network * 256 + sa);
  return [...byPlace].map(([place, ofPlace]) => ({
    network: Math.floor(place / 256),
    sa: place % 256,
    facts: [...Map.groupBy(ofPlace, ({ fact }) => fact)].flatMap(([fact, ofFact]) => {
      const words = ofFact.map(toWord);
      const now = newestOf(words);
      return now === undefined ? [] : [{ fact, now, words }];
    }),
  }));
}
