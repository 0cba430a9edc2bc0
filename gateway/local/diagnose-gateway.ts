import type { Facts } from "./facts.ts";
import type { Finding } from "./findings.ts";
import { minuteOf } from "./page-words.ts";

const shortHours = 8;
const differsMs = 5_000;
const certificateDays = 14;

/** What is wrong beside the buses: link, spool, time, certificate. */
export function diagnoseGateway({ status }: Facts): Finding[] {
  return [
    ...link(status),
    ...disk(status),
    ...spool(status),
    ...time(status),
    ...certificate(status),
  ];
}

type Status = Facts["status"];

const finding = (
  code: Finding["code"],
  severity: Finding["severity"],
  facts: Finding["facts"] = {},
): Finding => ({ code, severity, subjects: [], facts });

/** A dead link is no fault of the installation: what is read is kept. */
const link = ({ link: about }: Status): Finding[] =>
  about === undefined || about.link === "sending" || about.link === "reachable"
    ? []
    : [finding("link-down", "warning", { detail: about.detail })];

const disk = ({ disk: about }: Status): Finding[] =>
  about === undefined || about.problem === ""
    ? []
    : [finding("disk-failing", "fault", { reason: about.problem })];

function spool({ spool: about }: Status): Finding[] {
  if (about === undefined) return [];
  const { isFull, hoursLeft, machines, storage, reducedSinceMs, unreadable, keptAside } = about;
  const lost = Object.values(machines).reduce((sum, counts) => sum + counts.lost, 0);
  const found: Finding[] = [];
  if (storage.state === "failing")
    found.push(finding("disk-failing", "fault", { reason: storage.code }));
  const { memoryMinutesLeft: minutes } = storage;
  if (minutes !== null)
    found.push(finding("memory-short", "fault", { minutes: Math.floor(minutes) }));
  if (reducedSinceMs !== null)
    found.push(finding("spool-reduced", "warning", { since: minuteOf(reducedSinceMs) }));
  if (unreadable > 0) found.push(finding("spool-unreadable", "warning", { records: unreadable }));
  if (keptAside.length > 0)
    found.push(finding("spool-kept-aside", "note", { folders: keptAside.join(", ") }));
  if (isFull) found.push(finding("spool-full", "fault"));
  else if (storage.state === "ok" && hoursLeft !== null && hoursLeft < shortHours)
    found.push(finding("spool-short", "warning", { hours: Math.floor(hoursLeft) }));
  if (lost > 0) found.push(finding("samples-lost", "warning", { samples: lost }));
  return found;
}

function time({ time: { trust, sources, heldSamples, hub, isSuspect } }: Status): Finding[] {
  const found: Finding[] = [];
  if (trust === "unknown") found.push(finding("time-unknown", "fault", { samples: heldSamples }));
  if (isSuspect && hub)
    found.push(finding("time-suspect", "fault", { difference: spanText(hub.differenceMs) }));
  else if (trust === "unconfirmed") found.push(finding("time-unconfirmed", "note"));
  for (const { from, differenceMs, doubt } of sources) {
    if (doubt !== null && doubt !== "no fix")
      found.push(finding("time-refused", "warning", { from, doubt }));
    else if (doubt === null && trust !== "unknown" && Math.abs(differenceMs) > differsMs)
      found.push(
        finding("time-differs", "warning", { from, seconds: Math.round(differenceMs / 1_000) }),
      );
  }
  return found;
}

/** `3 h 12 min`, `14 min`, `90 s`; units that both languages of the page read. */
function spanText(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 2) return `${Math.round(Math.abs(ms) / 1_000)} s`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** A gateway that comes in by password has none. */
function certificate({ certificate: held }: Status): Finding[] {
  if (!held) return [];
  const { daysLeft, problem } = held;
  if (daysLeft >= certificateDays && problem === "") return [];
  return [finding("certificate", daysLeft < 0 ? "fault" : "warning", { days: daysLeft, problem })];
}
