import { stampNs, toStamp } from "./chunk.ts";
import type { InfluxClient, InfluxTable } from "./influx-client.ts";
import { parseTime } from "./influx-times.ts";
import { fromTag, literal, measurement, seriesTags, toTag } from "./line-protocol.ts";
import { type Stamp, type StampLookUp, stampKey } from "./stamps.ts";
import { mayBeTooMuch } from "./write-failure.ts";

const statementsPerQuery = 50;

interface Span {
  readonly from: Stamp;
  readonly to: Stamp;
}

export const ofMachine = (machineId: string): string => `machine = ${literal(toTag(machineId))}`;

/** The tags of a table as the series that wrote it. */
export function seriesOfTags(tags: Readonly<Record<string, string>>) {
  const number = (text: string | undefined) =>
    text === undefined || text === "" ? undefined : Number(text);
  const spn = number(tags.spn);
  const sa = number(tags.sa);
  return {
    machineId: fromTag(tags.machine ?? ""),
    repeat: number(tags.repeat) ?? 0,
    name: fromTag(tags.signal ?? ""),
    unit: fromTag(tags.unit ?? ""),
    ...(spn === undefined ? {} : { spn }),
    ...(sa === undefined ? {} : { sa }),
  };
}

/** Seconds of a machine that one statement asks for at most. */
const longestSec = 600;
/** A database that does not answer in time is asked for so many times less at once, and for more again step by step. */
const lessBy = 4;
const moreBy = 1.5;

/**
 * How many samples there are of each series and stamp; a machine's whole series within the spans are read. A question
 * that came back too late is asked smaller when it is asked again: the same once more would only add to the load.
 */
export function createStampLookUp(client: Pick<InfluxClient, "query">): StampLookUp {
  let share = 1;
  return async (machineId, spans) => {
    const counts = new Map<string, number>();
    const pieces = spans.flatMap((span) => cutSpan(span, Math.ceil(longestSec * share)));
    const together = Math.max(1, Math.floor(statementsPerQuery * share));
    for (let at = 0; at < pieces.length; at += together) {
      const statements = pieces
        .slice(at, at + together)
        .map(
          ({ from, to }) =>
            `select value, quality from ${measurement} where ${ofMachine(machineId)} and time >= ${stampNs(from)} and time <= ${stampNs(to)} group by *`,
        );
      try {
        for (const tables of await client.query(statements.join("; ")))
          for (const table of tables) countStamps(table, counts);
      } catch (error) {
        if (mayBeTooMuch(error)) share = Math.max(1 / longestSec, share / lessBy);
        throw error;
      }
    }
    share = Math.min(1, share * moreBy);
    return counts;
  };
}

/** A span in pieces of at most so many seconds that do not touch. */
function cutSpan({ from, to }: Span, mostSec: number): Span[] {
  const pieces: Span[] = [];
  let begin = from;
  for (; to.sec - begin.sec >= mostSec; begin = { sec: begin.sec + mostSec, ns: 0 })
    pieces.push({ from: begin, to: { sec: begin.sec + mostSec - 1, ns: 999_999_999 } });
  pieces.push({ from: begin, to });
  return pieces;
}

function countStamps({ tags, values }: InfluxTable, counts: Map<string, number>): void {
  const { machineId, repeat, ...signal } = seriesOfTags(tags);
  const key = seriesTags(machineId, { ...signal, scale: 1, offset: 0 });
  for (const [time] of values) {
    const { sec, ns } = toStamp(parseTime(String(time)));
    const stamp = stampKey(key, sec, ns);
    counts.set(stamp, Math.max(counts.get(stamp) ?? 0, repeat + 1));
  }
}

export async function hasSamples(client: InfluxClient): Promise<boolean> {
  const [tables = []] = await client.query(
    `select value, quality from ${measurement} order by time desc limit 1`,
  );
  return tables.length > 0;
}

/** The newest stamp of anything that the database has of a machine. */
export async function newestStamp(
  client: InfluxClient,
  machineId: string,
): Promise<Stamp | undefined> {
  const where = `from ${measurement} where ${ofMachine(machineId)}`;
  const answer = await client.query(`select last(value) ${where}; select last(quality) ${where}`);
  const times = answer
    .flat()
    .flatMap(({ values }) => values.map(([time]) => parseTime(String(time))));
  const newest = times.reduce<bigint | undefined>(
    (high, time) => (high === undefined || time > high ? time : high),
    undefined,
  );
  return newest === undefined ? undefined : toStamp(newest);
}
