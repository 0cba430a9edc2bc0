import type { Clock } from "@firebreak/kit/clock.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import { createSource } from "../sources/registry.ts";
import { registerSignal } from "../sources/source.fixture.ts";
import { until } from "../test-source.fixture.ts";
import { startDryRun } from "./dry-run.ts";
import type { Finding } from "./findings.ts";
import { Inspector, type Report } from "./inspector.ts";

/**
 * The clock of who watches: it goes on with each look, some eight times as fast as a real one, so that nobody waits for
 * twelve seconds of silence, and a busy computer that looks more seldom makes no silence.
 */
const lookMs = 80;
let elapsedMs = 0;
const startedMs = Date.now();
export const fastClock: Clock = {
  nowMs: () => startedMs + elapsedMs,
  monotonicMs: () => elapsedMs,
};

export const at = (address: number, type: string, range: [number, number]): Signal =>
  registerSignal({ device: "controller", table: "holding", address, type }, range);

/** What a controller's map says: hours as two words, high word first; a pressure and a temperature. */
const map = {
  hours: at(100, "uint32", [0, 100_000]),
  pressure: at(102, "uint16", [100, 500]),
  temperature: at(103, "int16", [-40, 60]),
};

export const planOf = (acquisition: object): Plan =>
  ({
    plan: "made-up",
    acquisition: { maker: "x", models: ["x"], ...acquisition },
  }) as unknown as Plan;

export const controllerPlan = (signals: Record<string, Signal> = map, pollIntervalMs = 50): Plan =>
  planOf({ modbusDevices: { controller: { unitId: 1, pollIntervalMs } }, signals });

export interface Installation {
  /** Without what every trial run has: no confirmed clock. */
  readonly findings: readonly Finding[];
  readonly stop: () => void;
}

/** What doctor finds with this plan and this source once enough has come of it. `clock`: of the source. */
export async function installation(
  plan: Plan,
  source: object,
  isEnough: (report: Report) => boolean,
  clock: Clock = systemClock,
): Promise<Installation> {
  const machine = {
    machineId: "M",
    plan,
    sources: (context: Parameters<typeof createSource>[1]) => [
      createSource(source as Parameters<typeof createSource>[0], context),
    ],
  };
  const given = { gatewayId: "g", machines: [machine], hubUrls: [] };
  const run = await startDryRun({ ...given, clock, log: silentLogger });
  const inspector = new Inspector({ gateway: () => run, clock: fastClock });
  await until(
    () => {
      elapsedMs += lookMs;
      inspector.tick();
      return isEnough(inspector.report());
    },
    "what comes of it",
    60_000,
  );
  await inspector.lookCloser();
  const findings = inspector.report().findings.filter(({ code }) => !code.startsWith("time-"));
  return { findings, stop: () => run.stop() };
}

/** Something came of every signal, be it that its device is silent, or the source says what is wrong. */
export const hasAll = ({ signals, buses }: Report): boolean =>
  signals.every(({ quality }) => quality !== null) || buses[0]?.state === "trouble";

/** So long by the clock of who watches, ms. */
export const watched =
  (ms: number) =>
  ({ watchedMs }: Report): boolean =>
    watchedMs > ms;
