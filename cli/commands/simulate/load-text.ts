import type { Latency } from "@firebreak/simulator/load/latency-histogram.ts";
import { isAllWell, type LoadReport } from "@firebreak/simulator/load/load-report.ts";
import type { LoadProgress } from "@firebreak/simulator/load/run-load.ts";

const whole = (value: number) => Math.round(value).toLocaleString("en");
const short = (value: number) => (value >= 10 ? whole(value) : value.toFixed(1));

/** `12 ms`, from ten seconds on `14.2 s`. */
const time = (ms: number) => (ms >= 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${short(ms)} ms`);

/** One line about how a load fares; `before`: the progress that rates are counted from. */
export function progressText(
  { phase, seconds, sums }: LoadProgress,
  before: LoadProgress | undefined,
  gateways: number,
): string {
  const { connected, within, inFlight, lost, links, rssBytes, lastTrouble } = sums;
  const parts = [
    `${phase} ${clock(seconds)}`,
    `${whole(connected)} of ${whole(gateways)} connected`,
  ];
  const spanned = before?.phase === phase ? seconds - before.seconds : 0;
  if (phase === "running" && before && spanned > 0) {
    const rate = (sums.made.samples - before.sums.made.samples) / spanned;
    parts.push(`${whole(rate)} samples/s`, `${(sums.cpuSeconds / seconds).toFixed(2)} cores`);
  }
  if (phase !== "connecting") {
    const { p50, p99, max } = within;
    parts.push(`acknowledged after p50 ${time(p50)}, p99 ${time(p99)}, max ${time(max)}`);
    parts.push(`${whole(inFlight.batches)} batches in flight, ${whole(lost.batches)} lost`);
  }
  const failed = links.refused + links.turnedAway;
  parts.push(`${whole(links.reconnects)} reconnects, ${whole(failed)} tries failed`);
  parts.push(`${whole(rssBytes / 1e6)} MB`);
  if (phase === "connecting" && lastTrouble !== "") parts.push(lastTrouble);
  return parts.join(" | ");
}

const clock = (seconds: number): string => {
  const all = Math.floor(seconds);
  return `${Math.floor(all / 60)}:${String(all % 60).padStart(2, "0")}`;
};

/** The whole report for people. */
export function reportText(report: LoadReport): string {
  const { gateways, batches, samples, madePerSecond, links, own } = report;
  const rows: (readonly [string, string])[] = [
    [
      "connected",
      `${whole(gateways - report.neverConnected)} of ${whole(gateways)}, in ${report.connectSeconds.toFixed(1)} s`,
    ],
    ["made", `${whole(batches.made)} batches, ${whole(samples.made)} samples`],
    [
      "rate",
      `${whole(madePerSecond.batches)} batches/s, ${whole(madePerSecond.samples)} samples/s`,
    ],
    [
      "acknowledged",
      `${whole(batches.acknowledged)} batches, ${whole(samples.acknowledged)} samples`,
    ],
    ["lost", `${whole(batches.lost)} batches, ${whole(samples.lost)} samples`],
    ["not acknowledged", `${whole(batches.inFlight)} batches, ${whole(samples.inFlight)} samples`],
    ["sent again", `${whole(batches.sentAgain)} batches`],
    ["acknowledged after", latencyText(report.acknowledgedMs)],
    ["across lost links", latencyText(report.acknowledgedAcrossLossesMs)],
    [
      "connections",
      `${whole(links.sessions)} sessions, ${whole(links.reconnects)} of them again; ${whole(links.cut)} cut by the load, ${whole(links.broken)} broken otherwise`,
    ],
    [
      "tries",
      `${whole(links.tries)}; ${whole(links.refused)} refused, ${whole(links.turnedAway)} turned away or unanswered`,
    ],
    ...(report.lastTrouble === "" ? [] : [["newest trouble", `${report.lastTrouble}`] as const]),
    ...report.storms.map(
      (storm) => [`storm at ${storm.atSeconds.toFixed(0)} s`, stormText(storm)] as const,
    ),
    [
      "this computer",
      `${own.cores.toFixed(2)} cores, ${whole(own.peakMb)} MB in ${own.processes} processes; a batch was made at most ${time(own.lateMs)} late`,
    ],
  ];
  const table = rows.map(([name, text]) => `  ${name.padEnd(20)}${text}`);
  return `${[headline(report), ...table, verdict(report)].join("\n")}\n`;
}

function headline({ gateways, data, seconds }: LoadReport): string {
  const what = data
    ? `, ${data.signals} signals, ${data.samplesPerBatch} samples each ${data.batchEveryMs / 1_000} s`
    : "";
  return `${whole(gateways)} gateways${what}, for ${seconds.toFixed(1)} s`;
}

const latencyText = ({ count, p50, p90, p99, max }: Latency): string =>
  count === 0
    ? "none"
    : `p50 ${time(p50)}, p90 ${time(p90)}, p99 ${time(p99)}, max ${time(max)} (${whole(count)})`;

const stormText = ({ gateways, backAfterSeconds }: LoadReport["storms"][number]): string =>
  `${whole(gateways)} gateways cut off; ${
    backAfterSeconds === null
      ? "not all were back"
      : `all back after ${backAfterSeconds.toFixed(1)} s`
  }`;

function verdict(report: LoadReport): string {
  if (isAllWell(report)) return "Everything was acknowledged, nothing was lost.";
  const { neverConnected, batches, lastTrouble } = report;
  const wrong = [
    ...(batches.lost > 0 ? [`${whole(batches.lost)} batches were lost`] : []),
    ...(batches.inFlight > 0 ? [`${whole(batches.inFlight)} were not acknowledged`] : []),
    ...(neverConnected > 0
      ? [`${whole(neverConnected)} gateways never came in (${lastTrouble})`]
      : []),
  ];
  return `Not well: ${wrong.join("; ")}.`;
}
