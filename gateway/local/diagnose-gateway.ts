import type { Facts } from "./facts.ts";
import type { Finding } from "./findings.ts";

const shortHours = 8;
const differsMs = 5_000;
const certificateDays = 14;

/** What is wrong beside the buses: link, spool, time, certificate. */
export function diagnoseGateway({ status }: Facts): Finding[] {
  return [...link(status), ...spool(status), ...time(status), ...certificate(status)];
}

type Status = Facts["status"];

const finding = (
  code: Finding["code"],
  severity: Finding["severity"],
  facts: Finding["facts"] = {},
): Finding => ({ code, severity, subjects: [], facts });

/** A dead link is no fault of the installation: what is read is kept. */
const link = ({ link: about }: Status): Finding[] =>
  about === undefined || about.link === "sending"
    ? []
    : [finding("link-down", "warning", { detail: about.detail })];

function spool({ spool: about }: Status): Finding[] {
  if (about === undefined) return [];
  const { isFull, hoursLeft, machines, storage } = about;
  const lost = Object.values(machines).reduce((sum, counts) => sum + counts.lost, 0);
  const found: Finding[] = [];
  if (storage.state === "failing")
    found.push(finding("disk-failing", "fault", { reason: storage.code }));
  if (isFull) found.push(finding("spool-full", "fault"));
  else if (hoursLeft !== null && hoursLeft < shortHours)
    found.push(finding("spool-short", "warning", { hours: Math.floor(hoursLeft) }));
  if (lost > 0) found.push(finding("samples-lost", "warning", { samples: lost }));
  return found;
}

function time({ time: { trust, sources, heldSamples } }: Status): Finding[] {
  const found: Finding[] = [];
  if (trust === "unknown") found.push(finding("time-unknown", "fault", { samples: heldSamples }));
  if (trust === "unconfirmed") found.push(finding("time-unconfirmed", "note"));
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

/** A gateway that comes in by password has none. */
function certificate({ certificate: held }: Status): Finding[] {
  if (!held) return [];
  const { daysLeft, problem } = held;
  if (daysLeft >= certificateDays && problem === "") return [];
  return [finding("certificate", daysLeft < 0 ? "fault" : "warning", { days: daysLeft, problem })];
}
