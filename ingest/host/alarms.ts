import type { Clock } from "@firebreak/kit/clock.ts";

const intakeAlarmKinds = [
  "cloned-gateway",
  "alternating-sessions",
  "epoch-went-back",
  "foreign-store",
  "checksum",
  "malformed-messages",
  "unknown-dictionary",
  "foreign-machine",
  "no-acknowledgement",
  "birth-storm",
  "ambiguous-alias",
  "too-many-signals",
  "too-many-machines",
  "capture-quota",
  "quarantine-full",
] as const;
export type IntakeAlarmKind = (typeof intakeAlarmKinds)[number];

/** Something about a gateway that somebody has to look at. */
export interface IntakeAlarm {
  readonly kind: IntakeAlarmKind;
  readonly gatewayId: string;
  readonly machineId: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly count: number;
}

export interface IntakeAlarms {
  raise(kind: IntakeAlarmKind, gatewayId: string, machineId?: string): void;
  /** Newest first. */
  list(): readonly IntakeAlarm[];
}

/** Bounded; raising again counts, and calls `onNew` only the first time. */
export function createAlarms(
  clock: Clock,
  onNew: (alarm: IntakeAlarm) => void,
  capacity = 1_000,
): IntakeAlarms {
  const alarms = new Map<string, IntakeAlarm>();
  return {
    raise(kind, gatewayId, machineId) {
      const key = `${kind}\n${gatewayId}\n${machineId ?? ""}`;
      const at = new Date(clock.nowMs()).toISOString();
      const known = alarms.get(key);
      const alarm = {
        kind,
        gatewayId,
        machineId: machineId ?? null,
        firstAt: known?.firstAt ?? at,
        lastAt: at,
        count: (known?.count ?? 0) + 1,
      };
      alarms.delete(key);
      alarms.set(key, alarm);
      const oldest = alarms.size > capacity ? alarms.keys().next().value : undefined;
      if (oldest !== undefined) alarms.delete(oldest);
      if (!known) onNew(alarm);
    },
    list: () => [...alarms.values()].reverse(),
  };
}
