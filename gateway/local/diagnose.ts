import type { SourceStatus } from "../gateway-status.ts";
import { diagnoseGateway } from "./diagnose-gateway.ts";
import { diagnoseSignals } from "./diagnose-signals.ts";
import { type Facts, rateKey } from "./facts.ts";
import { type Finding, ranks } from "./findings.ts";

const silenceMs = 3_000;

/** What only a closer look at a Modbus device shows. */
const causes: ReadonlySet<Finding["code"]> = new Set<Finding["code"]>([
  "word-order",
  "address-shift",
  "registers-refused",
  "device-silent",
  "wrong-unit",
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

/** Whether a bus speaks at all; the nearest cause is the only one told. */
function diagnoseBus(status: SourceStatus, { rates, watchedMs }: Facts): Finding[] {
  const { machineId, source, state, detail, counters } = status;
  const about = (code: Finding["code"], severity: Finding["severity"], facts = {}): Finding[] => [
    { code, severity, machineId, subjects: [source], facts: { source, detail, ...facts } },
  ];
  if (state === "ended") return [];
  if (state === "failed" || state === "waiting") return about("bus-unreachable", "fault");
  if (counters.frames === undefined)
    return state === "trouble" ? about("bus-trouble", "warning") : [];
  const rate = rates.get(rateKey(status));
  if (rate === undefined || watchedMs < silenceMs) return [];
  const { errorFrames = 0 } = counters;
  const isOnlyErrors = errorFrames > 0 && errorFrames >= (counters.frames ?? 0) * 0.9;
  if (isOnlyErrors) return about("bus-only-errors", "fault", { errors: errorFrames });
  if (rate.silentMs >= silenceMs)
    return about("bus-silent", "fault", { seconds: Math.round(rate.silentMs / 1_000) });
  if (rate.errorsPerSecond > Math.max(1, rate.perSecond * 0.01))
    return about("bus-errors", "warning", { perSecond: Math.round(rate.errorsPerSecond) });
  return state === "trouble" ? about("bus-trouble", "warning") : [];
}
