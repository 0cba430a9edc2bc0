import type { Clock } from "@firebreak/kit/clock.ts";
import type { LiveView } from "../live/live-view.ts";
import { type GatewayHealth, gatewayHealth } from "./gateway-health.ts";
import type { HealthReader } from "./health-book.ts";
import { type HealthProblem, healthProblems, isDegraded } from "./health-problems.ts";

/** A gateway's health, and what is wrong with it. */
export interface JudgedHealth extends GatewayHealth {
  readonly problems: readonly HealthProblem[];
}

/** Of a machine's gateway in one word; `unknown`: it never told. */
export type GatewayWord = "ok" | "degraded" | "unknown";

export interface HealthView {
  ofGateway(gatewayId: string): JudgedHealth | undefined;
  /** Of the gateway that speaks for a machine, as far as it concerns that machine. */
  ofMachine(machineId: string): JudgedHealth | undefined;
  /** Asked for whole fleets: cheap. `gatewayId` speaks for the machine. */
  word(machineId: string, gatewayId: string | null): GatewayWord;
}

interface Judged {
  readonly judged: JudgedHealth;
  readonly reportedMs: number;
  readonly atMs: number;
}

/** A judgement also changes with time: a certificate comes to its end. */
const judgedForMs = 30_000;

/** Judges what gateways said, and again only when they said something new or some time has passed. */
export function createHealthView(
  book: Pick<HealthReader, "of">,
  { live, clock }: { readonly live: Pick<LiveView, "gatewayOf">; readonly clock: Clock },
): HealthView {
  const cache = new Map<string, Judged>();

  const judge = (gatewayId: string): JudgedHealth | undefined => {
    const known = book.of(gatewayId);
    if (known === undefined) return undefined;
    const before = cache.get(gatewayId);
    const atMs = clock.monotonicMs();
    const isFresh =
      before !== undefined &&
      before.reportedMs === known.reportedMs &&
      before.judged.isOnline === known.isOnline &&
      atMs - before.atMs < judgedForMs;
    if (isFresh) return before.judged;
    const health = gatewayHealth(known);
    const judged = { ...health, problems: healthProblems(health, clock.nowMs()) };
    cache.set(gatewayId, { judged, reportedMs: known.reportedMs, atMs });
    return judged;
  };

  return {
    ofGateway: judge,
    ofMachine(machineId) {
      const gatewayId = live.gatewayOf(machineId);
      const health = gatewayId === null ? undefined : judge(gatewayId);
      return health && onlyOf(health, machineId);
    },
    word(machineId, gatewayId) {
      const health = gatewayId === null ? undefined : judge(gatewayId);
      if (health === undefined || health.reportedAt === null) return "unknown";
      return isDegraded(health.problems.filter(concerns(machineId))) ? "degraded" : "ok";
    },
  };
}

const concerns =
  (machineId: string) =>
  (one: { readonly machineId: string | null }): boolean =>
    one.machineId === null || one.machineId === machineId;

/** Without what is other machines' alone. */
function onlyOf(health: JudgedHealth, machineId: string): JudgedHealth {
  const isIts = concerns(machineId);
  return {
    ...health,
    buses: health.buses.filter(isIts),
    devices: health.devices.filter(isIts),
    data: health.data.filter(isIts),
    problems: health.problems.filter(isIts),
  };
}
