import { toCondition } from "@firebreak/dashboards/server/api/health.ts";
import type {
  GatewayDirectory,
  Judge,
  LiveView,
  MachineRecord,
  MachineRegistry,
} from "@firebreak/dashboards/server/ports.ts";
import type { HealthView } from "@firebreak/ingest/health/health-view.ts";
import type { LiveView as IngestLiveView } from "@firebreak/ingest/live/live-view.ts";
import type { SilenceWatch } from "@firebreak/ingest/silence/silence-watch.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";

/** The fleet as the registry and the live view know it together. */
export function machineRegistry(
  machines: ReadonlyMap<string, KnownMachine>,
  live: IngestLiveView,
  {
    health,
    silence,
  }: {
    readonly health: Pick<HealthView, "word">;
    readonly silence: Pick<SilenceWatch, "of">;
  },
): MachineRegistry {
  const list = (): MachineRecord[] => {
    const contacts = new Map(live.machines().map((machine) => [machine.machineId, machine]));
    return Array.from(machines.values(), ({ machineId, plan }) => {
      const {
        lastContact = null,
        isOnline = false,
        gatewayId = null,
      } = contacts.get(machineId) ?? {};
      const gateway = health.word(machineId, gatewayId);
      const about = { machineId, plan, title: null, lastContact, online: isOnline, gateway };
      return { ...about, silence: silence.of(machineId) };
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
      const about = { machineId, plan, title: null, lastContact, online: isOnline, gateway };
      return { ...about, silence: silence.of(machineId) };
    },
  };
}

export const liveView = (live: IngestLiveView): LiveView => ({
  latest: (machineId) => live.machine(machineId)?.signals ?? [],
  some: (machineId, names) => live.some(machineId, names) ?? [],
  onChange: (listener) => live.subscribe(({ machineId }) => listener(machineId)),
});

export const judgeView = (engine: RuleEngine): Judge => ({
  condition(machineId) {
    const state = engine.machineState(machineId);
    return state && toCondition(state);
  },
});

const dayMs = 24 * 3_600_000;

export const gatewayDirectory = (
  { gateways }: Pick<Ingest, "gateways">,
  nowMs: () => number,
): GatewayDirectory => ({
  list: async () =>
    (await gateways()).map((entry) => ({
      ...entry,
      machines: [...entry.machines],
      certificateDaysLeft:
        entry.certificateEndsAt === null
          ? null
          : Math.floor((Date.parse(entry.certificateEndsAt) - nowMs()) / dayMs),
    })),
});
