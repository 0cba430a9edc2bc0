import { type Hub, runCli } from "./product.fixture.ts";

export interface DecodedSample {
  readonly t: number | null;
  readonly sa: number;
  readonly spn: number;
  readonly value: number | null;
  readonly quality: string;
}

interface StoredSignal {
  readonly name: string;
  readonly spn?: number;
  readonly sa?: number;
}

interface Series {
  readonly t: readonly string[];
  readonly value: readonly (number | null)[];
  readonly quality: readonly string[];
  readonly next?: string | null;
}

/** What `decode --all` says of a recording, samples only, by `spn@sa`, in file order. */
export async function decodedSamples(recording: string): Promise<Map<string, DecodedSample[]>> {
  const { stdout, code, stderr } = await runCli(["decode", "--all", recording]);
  if (code !== 0) throw new Error(`decode ended with ${code}: ${stderr}`);
  const bySignal = new Map<string, DecodedSample[]>();
  for (const line of stdout.split("\n")) {
    if (!line.includes('"spn"') || line.includes('"dtcs"')) continue;
    const sample = JSON.parse(line) as DecodedSample;
    const key = `${sample.spn}@${sample.sa}`;
    const list = bySignal.get(key) ?? [];
    list.push(sample);
    bySignal.set(key, list);
  }
  return bySignal;
}

/** Every stored sample of one machine by `spn@sa`, in time order, stamps in nanoseconds. */
export async function storedSamples(hub: Hub, machine: string) {
  const signals = await hub.get<{ items: StoredSignal[] }>(`machines/${machine}/signals`);
  const bySignal = new Map<string, { t: bigint; value: number | null; quality: string }[]>();
  for (const { name, spn, sa } of signals.items) {
    const { t, value, quality } = await hub.get<Series>(
      `machines/${machine}/series?signal=${name}`,
    );
    bySignal.set(
      `${spn}@${sa}`,
      t.map((stamp, row) => ({
        t: toNs(stamp),
        value: value[row] ?? null,
        quality: quality[row] ?? "",
      })),
    );
  }
  return bySignal;
}

/** Nanoseconds since the Unix epoch of an ISO stamp with up to nine fractional digits. */
export function toNs(iso: string): bigint {
  const [, seconds = "", fraction = ""] = /^(.+?)(?:\.(\d+))?Z$/.exec(iso) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/**
 * What differs between a recording and what is stored of `replays` runs of it. Empty when every sample is there once,
 * in file order per signal, with its value and quality, and with a stamp that keeps the file's spacing.
 * Knows nothing of the gateway or the store: it reads the command's output and the HTTP interface.
 */
export async function compareWithStored(
  hub: Hub,
  machine: string,
  recording: string,
): Promise<string[]> {
  const decoded = await decodedSamples(recording);
  const stored = await storedSamples(hub, machine);
  const problems: string[] = [];
  const shifts: bigint[] = [];
  for (const [key, samples] of decoded) {
    const rows = stored.get(key) ?? [];
    if (rows.length !== samples.length) {
      problems.push(`${key}: ${samples.length} decoded, ${rows.length} stored`);
      continue;
    }
    for (let index = 0; index < samples.length; index++) {
      const expected = samples[index];
      const row = rows[index];
      if (!expected || !row) continue;
      if (!Object.is(row.value, expected.value) || row.quality !== expected.quality)
        problems.push(
          `${key}[${index}]: decoded ${expected.value} ${expected.quality}, stored ${row.value} ${row.quality}`,
        );
      const before = rows[index - 1];
      if (before && row.t <= before.t) problems.push(`${key}[${index}]: stamp does not grow`);
      if (expected.t !== null) shifts.push(row.t - BigInt(Math.round(expected.t * 1e6)) * 1000n);
    }
  }
  for (const key of stored.keys())
    if (!decoded.has(key) && (stored.get(key)?.length ?? 0) > 0)
      problems.push(`${key}: stored, never decoded`);
  problems.push(...stampProblems(shifts));
  return problems.slice(0, 20);
}

/**
 * All samples must be shifted alike. A recording may hold single absurd stamps, and equal stamps are told apart by a
 * nanosecond each; so at least 99 in 100 must lie within 1 microsecond of the usual shift.
 */
function stampProblems(shifts: bigint[]): string[] {
  if (shifts.length === 0) return [];
  const usual = shifts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))[shifts.length >> 1] ?? 0n;
  const off = shifts.filter((shift) => shift - usual > 1000n || usual - shift > 1000n).length;
  return off * 100 > shifts.length
    ? [`${off} of ${shifts.length} stamps do not keep the recording's spacing`]
    : [];
}
