import type { IntakeQueries } from "@firebreak/ingest/delivery/intake-queries.ts";
import type { LedgerPort } from "@firebreak/ingest/ledger.ts";
import type { LiveView as IngestLiveView } from "@firebreak/ingest/live/live-view.ts";
import type { RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";
import { toCondition } from "./api/health.ts";
import type { MachineRecord, ServerPorts, TelemetryReader } from "./ports.ts";

/** The parts of a hub that are read here. */
export interface HubParts {
  readonly live: Pick<IngestLiveView, "machines" | "machine" | "subscribe">;
  readonly store: TelemetryReader;
  readonly ledger: LedgerPort;
  readonly intake: Pick<IntakeQueries, "quarantine">;
  readonly engine: Pick<RuleEngine, "machineState">;
  /** Machines by id with their plan, as the judge keeps them. */
  readonly machines: ReadonlyMap<string, KnownMachine>;
}

type Contact = Pick<MachineRecord, "lastContact" | "online">;
const neverHeard: Contact = { lastContact: null, online: false };

/** The read ports of the HTTP server over a hub in the same process. */
export function toReadPorts(
  parts: HubParts,
): Pick<ServerPorts, "machines" | "telemetry" | "ledger" | "live" | "judge" | "quarantine"> {
  const { live, store, ledger, intake, engine, machines } = parts;
  const toRecord = (machineId: string, contact: Contact): MachineRecord => ({
    machineId,
    plan: machines.get(machineId)?.plan ?? "",
    title: null,
    ...contact,
  });

  return {
    telemetry: store,
    machines: {
      async list() {
        const heard = live.machines().map(({ machineId, lastContact, isOnline }) => ({
          machineId,
          contact: { lastContact, online: isOnline },
        }));
        const ids = new Set(heard.map(({ machineId }) => machineId));
        const silent = [...machines.keys()].filter((machineId) => !ids.has(machineId));
        return [
          ...heard.map(({ machineId, contact }) => toRecord(machineId, contact)),
          ...silent.map((machineId) => toRecord(machineId, neverHeard)),
        ];
      },
      async get(machineId) {
        const heard = live.machine(machineId);
        if (heard === undefined && !machines.has(machineId)) return undefined;
        const contact =
          heard === undefined
            ? neverHeard
            : { lastContact: heard.lastContact, online: heard.isOnline };
        return toRecord(machineId, contact);
      },
    },
    ledger: {
      async ledger(machineId) {
        const { byHour: _, ...counts } = await ledger.of(machineId);
        return counts;
      },
    },
    live: {
      latest: (machineId) => live.machine(machineId)?.signals ?? [],
      onChange: (listener) => live.subscribe(({ machineId }) => listener(machineId)),
    },
    judge: {
      condition(machineId) {
        const state = engine.machineState(machineId);
        return state === undefined ? undefined : toCondition(state);
      },
    },
    quarantine: {
      async list({ limit }) {
        const items = intake
          .quarantine({ limit })
          .map(({ position, at, topic, reason, length }) => ({
            id: String(position),
            at,
            topic,
            reason,
            bytes: length,
          }));
        return { items, next: null };
      },
    },
  };
}
