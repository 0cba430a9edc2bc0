import { Quality } from "@firebreak/wire/quality.ts";
import type { SourceStatus } from "../gateway-status.ts";
import { type Facts, type InspectedMachine, rateKey, settleMs } from "./facts.ts";
import type { Finding } from "./findings.ts";
import { judgeRegisters, type RightOrder } from "./judge-registers.ts";
import type { DeviceLook } from "./look-at-registers.ts";

type Doubt = "missing" | "implausible" | "sensor-error";

/** Which signals of a plan do not come as they should, with the cause where one can be made out. */
export function diagnoseSignals(machine: InspectedMachine, facts: Facts): Finding[] {
  const { machineId } = machine;
  const looks = facts.looks.get(machineId) ?? [];
  const found: Finding[] = looks.flatMap((look) => diagnoseDevice(machineId, look));
  const explained = new Set(found.flatMap(({ subjects }) => subjects));
  const senders = sendersOf(machine);
  const deafTo = new Set(
    facts.status.sources
      .filter((status) => status.machineId === machineId && isDeaf(status, facts))
      .map(({ source }) => mediumOfSource(source)),
  );
  for (const [index, { name }] of machine.dictionary.signals.entries()) {
    const doubt = doubtOf(machine, index, facts);
    if (doubt === undefined || explained.has(name)) continue;
    const cause = causeOf(machine, { name, doubt, senders });
    const isDeafTo = deafTo.has(mediumOf(machine.acquisition.signals[name]));
    // A bus that does not speak is one finding, not one for each of its signals.
    if (cause.code === "signal-missing" && isDeafTo) continue;
    found.push({ machineId, subjects: [name], ...cause });
  }
  return grouped(found);
}

function doubtOf(
  { watch }: InspectedMachine,
  index: number,
  { watchedMs }: Facts,
): Doubt | undefined {
  const { quality, counts } = watch.of(index);
  if (quality === undefined || quality === Quality.stale)
    return watchedMs >= settleMs ? "missing" : undefined;
  if (quality === Quality.outOfRange || quality === Quality.reserved)
    return counts[Quality.good] ? undefined : "implausible";
  if (quality === Quality.error) return "sensor-error";
  // What a machine says not to have is the plan's business, not the installer's.
  return undefined;
}

function causeOf(
  { acquisition }: InspectedMachine,
  about: {
    readonly name: string;
    readonly doubt: Doubt;
    readonly senders: ReadonlyMap<number, readonly number[]>;
  },
): Pick<Finding, "code" | "severity" | "facts"> {
  const { name, doubt, senders } = about;
  const signal = acquisition.signals[name];
  const [min = 0, max = 0] = signal?.range ?? [];
  const facts = { min, max, unit: signal?.unit ?? "" };
  if (doubt === "sensor-error") return { code: "signal-sensor-error", severity: "note", facts };
  if (doubt === "implausible") return { code: "signal-implausible", severity: "warning", facts };
  const { pgn, sa } = signal?.j1939 ?? signal?.can ?? {};
  const others = pgn === undefined ? [] : (senders.get(pgn) ?? []).filter((from) => from !== sa);
  if (pgn !== undefined && sa !== undefined && others.length > 0)
    return {
      code: "signal-other-address",
      severity: "fault",
      facts: { pgn, planned: sa, seen: others.join(", ") },
    };
  return { code: "signal-missing", severity: "warning", facts: { place: placeOf(signal) } };
}

type Signal = InspectedMachine["acquisition"]["signals"][string] | undefined;

/** Whom the plan expects a signal from, so that the signals of one control unit are told together. */
function placeOf(signal: Signal): string {
  const { pgn, sa } = signal?.j1939 ?? signal?.can ?? {};
  if (sa !== undefined) return `SA ${sa}`;
  if (pgn !== undefined) return `PGN ${pgn}`;
  if (signal?.can) return "CAN";
  return signal?.modbus?.device ?? (signal?.nmea ? "NMEA 0183" : "");
}

type Medium = "can" | "modbus" | "nmea";

function mediumOf(signal: Signal): Medium {
  if (signal?.modbus) return "modbus";
  return signal?.nmea ? "nmea" : "can";
}

/** Sources are named by their kind. */
function mediumOfSource(source: string): Medium {
  if (source.startsWith("modbus-")) return "modbus";
  return source.startsWith("nmea ") ? "nmea" : "can";
}

const isDeaf = (status: SourceStatus, { rates }: Facts): boolean =>
  status.state === "waiting" ||
  status.state === "failed" ||
  status.state === "trouble" ||
  (status.counters.frames !== undefined && rates.get(rateKey(status))?.perSecond === 0);

/** What a closer look at one Modbus device shows. */
function diagnoseDevice(machineId: string, look: DeviceLook): Finding[] {
  const { device, unitId, isSilent, answeringUnit } = look;
  const names = look.signals.map(({ name }) => name);
  if (isSilent) {
    const facts = { device, planned: unitId, answers: answeringUnit ?? "" };
    const code = answeringUnit === undefined ? "device-silent" : "wrong-unit";
    return [{ code, severity: "fault", machineId, subjects: names, facts }];
  }
  if (look.garbled) {
    const code = look.garbled === "no-frame" ? "wrong-speed" : "line-disturbed";
    return [{ code, severity: "fault", machineId, subjects: names, facts: { device } }];
  }
  const { order, shift } = judgeRegisters(look.signals);
  if (order) return [{ ...orderFinding(device, order), machineId }];
  if (shift) {
    const facts = { device, by: shift.by > 0 ? "+1" : "-1" };
    return [
      { code: "address-shift", severity: "fault", machineId, subjects: shift.signals, facts },
    ];
  }
  const refused = look.signals.filter(({ here }) => here === undefined).map(({ name }) => name);
  return refused.length === 0
    ? []
    : [
        {
          code: "registers-refused",
          severity: "fault",
          machineId,
          subjects: refused,
          facts: { device },
        },
      ];
}

function orderFinding(device: string, { signals, wordOrder, byteOrder }: RightOrder): Finding {
  const about = { severity: "fault", subjects: signals } as const;
  if (wordOrder && byteOrder)
    return { ...about, code: "byte-and-word-order", facts: { device, wordOrder, byteOrder } };
  const is = wordOrder ?? byteOrder ?? "big";
  const facts = { device, is, planned: is === "big" ? "little" : "big" };
  return { ...about, code: byteOrder ? "byte-order" : "word-order", facts };
}

function sendersOf({ can }: InspectedMachine): Map<number, number[]> {
  const all = new Map<number, number[]>();
  for (const heard of can)
    for (const [pgn, addresses] of heard.senders())
      all.set(pgn, [...new Set([...(all.get(pgn) ?? []), ...addresses])]);
  return all;
}

/** Signals with the same cause are one finding. */
function grouped(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, facts, subjects } = finding;
    const isOwn = code === "signal-implausible" || code === "signal-sensor-error";
    const key = JSON.stringify([code, isOwn ? subjects : facts]);
    const known = groups.get(key);
    const together = { ...finding, subjects: [...(known?.subjects ?? []), ...subjects] };
    groups.set(key, known ? together : finding);
  }
  return [...groups.values()];
}
