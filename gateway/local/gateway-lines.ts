import type { Language } from "./finding-texts.ts";
import type { Report } from "./inspector.ts";
import { minuteOf, trustWord, word } from "./page-words.ts";

/** One line about the gateway itself; `detail` is the smaller print. Plain text. */
export interface GatewayLine {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
  readonly isBad: boolean;
}

const megabytes = (bytes: number): string => {
  const all = bytes / 1e6;
  return all < 10 ? all.toFixed(1) : Math.round(all).toLocaleString("en-GB");
};

/** Link, what is kept, time and certificate, for the page and the terminal. */
export function gatewayLines(report: Report, language: Language): GatewayLine[] {
  const { time, timeMs, certificate } = report;
  const clock = `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")}Z`;
  const isTimeBad = time.trust === "unknown";
  return [
    ...linkLine(report, language),
    ...spoolLine(report, language),
    ...diskLine(report, language),
    {
      name: word(language, "time"),
      value: clock,
      detail: trustWord(language, time.trust),
      isBad: isTimeBad,
    },
    ...(certificate ? [certificateLine(certificate, language)] : []),
  ];
}

function certificateLine(
  { daysLeft: days, problem }: NonNullable<Report["certificate"]>,
  language: Language,
): GatewayLine {
  const value = days < 0 ? word(language, "over") : word(language, "days", { days });
  return { name: word(language, "certificate"), value, detail: problem, isBad: days < 0 };
}

function linkLine({ link, spool }: Report, language: Language): GatewayLine[] {
  if (!link) return [];
  const isUp = link.link === "sending";
  const isReachable = link.link === "reachable";
  const key = isUp ? "linkUp" : isReachable ? "linkReachable" : "linkDown";
  const hours = spool?.hoursToCatchUp ?? 0;
  const detail = isUp && hours >= 0.1 ? word(language, "catchUp", { hours: hours.toFixed(1) }) : "";
  const name = word(language, "link");
  return [{ name, value: word(language, key), detail, isBad: !isUp && !isReachable }];
}

function spoolLine({ spool }: Report, language: Language): GatewayLine[] {
  if (!spool) return [];
  const { hoursLeft, pendingBatches: batches, storage, reducedSinceMs, bytes, roomBytes } = spool;
  const isFailing = storage.state === "failing";
  const isHoursKnown = hoursLeft !== null && !isFailing;
  const value = isHoursKnown
    ? word(language, "spoolHours", { batches, hours: Math.floor(hoursLeft) })
    : word(language, "spoolUnknown", { batches });
  const name = word(language, "spool");
  if (isFailing) {
    const { code, memoryBytes, memoryMaxBytes } = storage;
    const facts = { code, used: megabytes(memoryBytes), room: megabytes(memoryMaxBytes) };
    return [{ name, value, detail: word(language, "inMemory", facts), isBad: true }];
  }
  const detail =
    reducedSinceMs === null
      ? word(language, "onDisk", { used: megabytes(bytes), room: megabytes(roomBytes) })
      : word(language, "reduced", { since: minuteOf(reducedSinceMs) });
  return [{ name, value, detail, isBad: reducedSinceMs !== null }];
}

function diskLine({ disk }: Report, language: Language): GatewayLine[] {
  if (!disk) return [];
  const { problem: code, freeBytes } = disk;
  const free = freeBytes === null ? "?" : megabytes(freeBytes);
  const key = code === "" ? "diskFree" : "diskBad";
  const value = word(language, key, { code, free });
  return [{ name: word(language, "disk"), value, detail: "", isBad: code !== "" }];
}
