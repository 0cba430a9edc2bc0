import type { ExpectedSample, TaggedRecording } from "./tagged-recording.fixture.ts";

export interface StoredSample {
  readonly t: bigint;
  readonly value: number | null;
  readonly quality: string;
}

/** A replay of one machine. `isCut`: it was killed, so the store may hold a beginning of it only. */
export interface Run {
  readonly tag: number;
  readonly recording: Pick<TaggedRecording, "signals" | "endUs">;
  readonly isCut?: boolean;
}

export interface RunFound {
  readonly tag: number;
  readonly stored: number;
  /** When the replay began, ns since 1970, told from the stamps; undefined where nothing is stored. */
  readonly startNs: bigint | undefined;
  /** Time in the file of the newest stored sample, microseconds. */
  readonly reachedUs: number;
}

/**
 * What differs between the runs of a machine and what is stored of it. No problems: every sample of each whole run is
 * there once, in order per signal, with its value, quality and exact spacing; of each cut run the samples from its
 * beginning to some moment; and nothing else. Works on the output of the command and the HTTP interface alone.
 */
export function compareRuns(
  stored: ReadonlyMap<string, readonly StoredSample[]>,
  runs: readonly Run[],
): { readonly problems: readonly string[]; readonly found: readonly RunFound[] } {
  const problems: string[] = [];
  const byRun = splitByRun(stored, new Set(runs.map(({ tag }) => tag)), problems);
  const found = runs.map((run) => compareRun(run, byRun.get(run.tag) ?? new Map(), problems));
  return { problems: problems.slice(0, 20), found };
}

type Signals = Map<string, StoredSample[]>;

function splitByRun(
  stored: ReadonlyMap<string, readonly StoredSample[]>,
  tags: ReadonlySet<number>,
  problems: string[],
): Map<number, Signals> {
  const byRun = new Map<number, Signals>();
  for (const [key, samples] of stored) {
    for (const sample of samples) {
      const tag = Number(sample.t % 1_000_000n) / 1_000;
      if (!tags.has(tag)) {
        problems.push(`${key}: a sample of no run, ${sample.t}`);
        continue;
      }
      const signals = byRun.get(tag) ?? new Map<string, StoredSample[]>();
      byRun.set(tag, signals);
      const list = signals.get(key) ?? [];
      signals.set(key, list);
      list.push(sample);
    }
  }
  return byRun;
}

function compareRun(run: Run, stored: Signals, problems: string[]): RunFound {
  const { tag, recording, isCut = false } = run;
  const label = `run ${tag}`;
  const shifts = new Set<bigint>();
  let count = 0;
  let reachedUs = 0;
  for (const [key, expected] of recording.signals) {
    const rows = stored.get(key) ?? [];
    if (isCut ? rows.length > expected.length : rows.length !== expected.length)
      problems.push(`${label}, ${key}: ${expected.length} decoded, ${rows.length} stored`);
    for (const [at, row] of rows.entries()) {
      const sample = expected[at];
      if (sample === undefined) break;
      if (!isSame(row, sample)) problems.push(`${label}, ${key}[${at}]: ${tell(sample, row)}`);
      shifts.add(row.t - BigInt(sample.tUs + tag) * 1_000n);
      reachedUs = Math.max(reachedUs, sample.tUs);
    }
    count += rows.length;
  }
  for (const key of stored.keys())
    if (!recording.signals.has(key)) problems.push(`${label}, ${key}: stored, never decoded`);
  if (shifts.size > 1) problems.push(`${label}: the stamps do not keep the spacing`);
  const before = countBefore(recording, reachedUs);
  if (isCut && count < before)
    problems.push(`${label}: a hole, ${before} samples came before the last one, ${count} stored`);
  const [shift] = shifts;
  const startNs = shift === undefined ? undefined : shift + BigInt(recording.endUs) * 1_000n;
  return { tag, stored: count, startNs, reachedUs };
}

/** Samples in the file before this time, microseconds. */
export function countBefore(
  { signals }: Pick<TaggedRecording, "signals">,
  beforeUs: number,
): number {
  let count = 0;
  for (const samples of signals.values())
    for (const { tUs } of samples) if (tUs < beforeUs) count++;
  return count;
}

const isSame = (row: StoredSample, sample: ExpectedSample): boolean =>
  Object.is(row.value, sample.value) && row.quality === sample.quality;

const tell = (sample: ExpectedSample, row: StoredSample): string =>
  `decoded ${sample.value} ${sample.quality}, stored ${row.value} ${row.quality}`;
