import type { LessonsConfig } from "./lessons-config.ts";

/** One ticket of a fault on a machine. */
export interface FaultCase {
  readonly machineId: string;
  readonly ticketId: string;
  readonly createdAt: string;
}

const DAY_MS = 24 * 3600 * 1000;

/** The machines of one model that had one fault within the window before `nowMs`, when it has spread enough (MR-8). */
export function spreadOf(
  cases: readonly FaultCase[],
  nowMs: number,
  { spreadMachines, spreadDays }: LessonsConfig,
): readonly string[] | undefined {
  const since = nowMs - spreadDays * DAY_MS;
  const machines = new Set(
    cases
      .filter(({ createdAt }) => {
        const atMs = Date.parse(createdAt);
        return atMs >= since && atMs <= nowMs;
      })
      .map(({ machineId }) => machineId),
  );
  return machines.size >= spreadMachines ? [...machines].sort() : undefined;
}

/** Failures per 1000 machines before and after a change of design, and what it brought (O-23); null without a base. */
export function effectOf(
  before: { readonly failures: number; readonly machines: number },
  after: { readonly failures: number; readonly machines: number },
): {
  readonly before: number | null;
  readonly after: number | null;
  readonly change: number | null;
} {
  const rate = ({ failures, machines }: typeof before) =>
    machines === 0 ? null : (failures * 1000) / machines;
  const [was, is] = [rate(before), rate(after)];
  return { before: was, after: is, change: was && is !== null ? is / was - 1 : null };
}
