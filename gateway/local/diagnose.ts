import type { SourceStatus } from "../gateway-status.ts";
import { diagnoseGateway } from "./diagnose-gateway.ts";
import { diagnoseSignals } from "./diagnose-signals.ts";
import { type Facts, rateKey } from "./facts.ts";
import { type Finding, ranks } from "./findings.ts";

const silenceMs = 3_000;
/** A sound serial line spoils none. */
const spoiltPercent = 5;

/** What only a closer look at a Modbus device shows. */
const causes: ReadonlySet<Finding["code"]> = new Set<Finding["code"]>([
  "word-order",
  "byte-order",
  "byte-and-word-order",
  "address-shift",
  "registers-refused",
  "device-silent",
  "wrong-unit",
  "wrong-speed",
  "line-disturbed",
]);

/** All that is wrong, worst first; empty when nothing is. Pure. */
export function diagnose(facts: Facts): Finding[] {
  const buses = facts.status.sources.flatMap((source) => diagnoseBus(source, facts));
  const signals = facts.machines.flatMap((machine) => diagnoseSignals(machine, facts));
  // Once a closer look told the cause, that a source has some trouble says nothing more.
  const explained = new Set(
    signals.filter(({ code }) => causes.has(code)).map((one) => one.machineId),
  );
  const told = buses.filter(
    ({ code, machineId, subjects: [source] }) =>
      code !== "bus-trouble" || !source?.startsWith("modbus-") || !explained.has(machineId),
  );
  return [...told, ...signals, ...diagnoseGateway(facts)].sort(
    (a, b) => ranks[a.severity] - ranks[b.severity],
  );
}

/** As set at the adapter or interface; empty where nobody knows. */
function bitRateOf({ buses }: SourceStatus): string {
  const bitRate = buses?.[0]?.bitRate;
  return bitRate === undefined ? "" : ` (${bitRate / 1_000} kbit/s)`;
}

/** Whether a bus speaks at all; the nearest cause is the only one told. */
function diagnoseBus(status: SourceStatus, { rates, watchedMs }: Facts): Finding[] {
  const { machineId, source, state, detail, counters } = status;
  const about = (code: Finding["code"], severity: Finding["severity"], facts = {}): Finding[] => [
    { code, severity, machineId, subjects: [source], facts: { source, detail, ...facts } },
  ];
  if (state === "ended") return [];
  if (state === "failed" || state === "waiting") return about("bus-unreachable", "fault");
  const rate = rates.get(rateKey(status));
  const { frames } = counters;
  if (frames === undefined) {
    const percent = Math.round((rate?.spoiltShare ?? 0) * 100);
    if (percent >= spoiltPercent) return about("line-errors", "warning", { percent });
    return state === "trouble" ? about("bus-trouble", "warning") : [];
  }
  if (rate === undefined || watchedMs < silenceMs) return [];
  // Of an adapter that keeps error frames to itself: how often it had met some when it was asked.
  const { errorFrames = 0, busErrors = 0 } = counters;
  const errors = errorFrames + busErrors;
  const isOnlyErrors =
    (errorFrames > 0 && errorFrames >= frames * 0.9) || (frames === 0 && busErrors > 1);
  if (isOnlyErrors) return about("bus-only-errors", "fault", { errors, now: bitRateOf(status) });
  if (rate.silentMs >= silenceMs)
    return about("bus-silent", "fault", { seconds: Math.round(rate.silentMs / 1_000) });
  if (rate.errorsPerSecond > Math.max(1, rate.perSecond * 0.01))
    return about("bus-errors", "warning", { perSecond: Math.round(rate.errorsPerSecond) });
  if (rate.busErrors > 1) return about("bus-termination", "warning");
  return state === "trouble" ? about("bus-trouble", "warning") : [];
}
