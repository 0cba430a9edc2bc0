import { type KnownBeside, toCondition } from "@firebreak/dashboards/server/api/health.ts";
import type {
  GatewayDirectory,
  Judge,
  LateDataReader,
  LiveView,
  MachineRecord,
  MachineRegistry,
} from "@firebreak/dashboards/server/ports.ts";
import type { AempSources } from "@firebreak/ingest/aemp/aemp-sources.ts";
import { sourceIdOf } from "@firebreak/ingest/aemp/machine-samples.ts";
import type { HealthView } from "@firebreak/ingest/health/health-view.ts";
import type { LiveView as IngestLiveView } from "@firebreak/ingest/live/live-view.ts";
import type { SilenceWatch } from "@firebreak/ingest/silence/silence-watch.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { backFillsOf } from "@firebreak/tickets/history/back-fill-store.ts";
import { codeHistory } from "@firebreak/tickets/history/code-steps.ts";
import type { KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";

/** The fleet as the registry and the live view know it together. */
export function machineRegistry(
  machines: ReadonlyMap<string, KnownMachine>,
  live: IngestLiveView,
  {
    health,
    silence,
    aemp,
  }: {
    readonly health: Pick<HealthView, "word">;
    readonly silence: Pick<SilenceWatch, "of">;
    readonly aemp: Pick<AempSources, "about" | "makerOf">;
  },
): MachineRegistry {
  /** A machine of another maker's server has its name from there. */
  const named = ({ machineId, gatewayId }: KnownMachine) => {
    const sourceId = sourceIdOf(gatewayId);
    if (sourceId === undefined) return { title: null };
    const { oemName, model, equipmentId } = aemp.about(machineId) ?? {};
    const maker = oemName ?? aemp.makerOf(sourceId) ?? null;
    const words = [model, equipmentId].filter((word) => word !== undefined);
    const title = words.length > 0 ? words.join(" · ") : null;
    return { title, origin: { standard: "ISO 15143-3" as const, sourceId, maker } };
  };
  const list = (): MachineRecord[] => {
    const contacts = new Map(live.machines().map((machine) => [machine.machineId, machine]));
    return Array.from(machines.values(), (known) => {
      const { machineId, plan } = known;
      const {
        lastContact = null,
        isOnline = false,
        gatewayId = null,
      } = contacts.get(machineId) ?? {};
      const gateway = health.word(machineId, gatewayId);
      const about = { machineId, plan, lastContact, online: isOnline, gateway };
      return { ...about, ...named(known), silence: silence.of(machineId) };
    });
  };
  return {
    list: async () => list(),
    async get(machineId) {
      const machine = machines.get(machineId);
      if (machine === undefined) return undefined;
      const { lastContact = null, isOnline = false } = live.machine(machineId) ?? {};
      const gateway = health.word(machineId, live.gatewayOf(machineId));
      const { plan } = machine;
      const about = { machineId, plan, lastContact, online: isOnline, gateway };
      return { ...about, ...named(machine), silence: silence.of(machineId) };
    },
  };
}

export const liveView = (live: IngestLiveView): LiveView => ({
  latest: (machineId) => live.machine(machineId)?.signals ?? [],
  some: (machineId, names) => live.some(machineId, names),
  onChange: (listener) => live.subscribe(listener),
});

/** What the judge knows of a machine beside its live rules. */
export interface JudgeBeside {
  /** Findings over completed hours, which the engine of live rules knows nothing of. */
  readonly openOf: (machineId: string) => readonly Finding[];
  readonly planOf: (machineId: string) => Plan | undefined;
  /** What counts for its health beside what it says. */
  readonly known: (machineId: string) => Pick<KnownBeside, "standing" | "isAdvisory">;
}

export const judgeView = (
  engine: Pick<RuleEngine, "machineState">,
  { openOf, planOf, known }: JudgeBeside,
): Judge => ({
  condition(machineId) {
    const state = engine.machineState(machineId);
    if (state === undefined) return undefined;
    const open = openOf(machineId);
    const findings = [...state.findings, ...open.filter(({ mode }) => mode !== "shadow")];
    const onTrial = [...state.onTrial, ...open.filter(({ mode }) => mode === "shadow")];
    const beside = { plan: planOf(machineId), ...known(machineId) };
    return toCondition({ ...state, findings, onTrial }, beside);
  },
});

export const lateDataView = (db: Database): LateDataReader => ({
  backFills: (machineId) => backFillsOf(db, machineId),
  codes: (machineId, toMs) => codeHistory(db, { machineId, toMs }),
});

const dayMs = 24 * 3_600_000;

export const gatewayDirectory = (
  { gateways }: Pick<Ingest, "gateways">,
  nowMs: () => number,
): GatewayDirectory => ({
  list: async (page) =>
    (await gateways(page)).map((entry) => ({
      ...entry,
      machines: [...entry.machines],
      certificateDaysLeft:
        entry.certificateEndsAt === null
          ? null
          : Math.floor((Date.parse(entry.certificateEndsAt) - nowMs()) / dayMs),
    })),
});
