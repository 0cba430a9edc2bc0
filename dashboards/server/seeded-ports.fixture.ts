import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sums } from "@firebreak/ingest/store/store.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { type Role, roles } from "@firebreak/kit/roles.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { QualityName } from "@firebreak/wire/quality.ts";
import {
  absent,
  lateDataOf,
  noCaptures,
  noExport,
  noField,
  noMedia,
  noSilence,
} from "./absent-desks.fixture.ts";
import { openAempClients } from "./aemp/client-files.ts";
import { toIsoNs } from "./api/instants.ts";
import { hashPassword } from "./auth/passwords.ts";
import { createMemoryAudit } from "./memory-audit.fixture.ts";
import { createMemoryUsers } from "./memory-users.fixture.ts";
import type {
  MachineCondition,
  MachineRecord,
  RolloutPort,
  ServerPorts,
  Severity,
} from "./ports.ts";
import { createMemoryTickets, sampleTickets } from "./tickets.fixture.ts";

const signal = (en: string, zh: string, unit: string, spn: number) => ({
  title: { en, "zh-CN": zh },
  unit,
  scale: 1,
  offset: 0,
  range: [0, 10_000],
  sampling: "every",
  source: "engineering default",
  j1939: { spn, pgn: 61_444, startByte: 1, startBit: 1, bits: 16, coding: "analog" },
});

const noSums: Sums = {
  ...{ t: [], min: [], max: [], mean: [], first: [], last: [], count: [], errors: [] },
};

export const samplePlan = {
  plan: "loader-tractor",
  version: 1,
  title: { en: "Loader tractor", "zh-CN": "装载拖拉机" },
  acquisition: {
    maker: "Example",
    models: ["5055E"],
    signals: {
      engineSpeed: signal("Engine speed", "发动机转速", "rpm", 190),
      engineOilPressure: signal("Engine oil pressure", "机油压力", "kPa", 100),
      engineCoolantTemperature: signal("Coolant temperature", "冷却液温度", "°C", 110),
      fuelLevel: signal("Fuel level", "燃油液位", "%", 96),
      engineHours: signal("Engine hours", "发动机工作小时", "h", 247),
    },
  },
  rules: { contexts: {}, rules: [] },
  service: {
    productType: "loader_tractor",
    tier: "meet",
    emergency: { slaProfile: "tiered_3" },
    failureModes: {
      "engine-oil-pressure-sensor": {
        title: { en: "Engine oil pressure sensor", "zh-CN": "机油压力传感器故障" },
        reviewState: "approved",
        dtcs: [{ spn: 100, fmis: [3, 4] }],
      },
    },
  },
} as unknown as Plan;

const values: readonly [string, string, number | null, QualityName, number][] = [
  ["engineSpeed", "rpm", 1487.25, "good", 190],
  ["engineOilPressure", "kPa", null, "error", 100],
  ["engineCoolantTemperature", "°C", 86, "good", 110],
  ["fuelLevel", "%", 63.2, "good", 96],
];

const troubled: MachineCondition = {
  health: 58,
  activeFindings: 1,
  faultyRules: [{ ruleId: "coolant-hot", message: "no such thing" }],
  activeCodes: [
    {
      sa: 0,
      spn: 100,
      fmi: 4,
      oc: 3,
      lamps: { mil: "off", redStop: "off", amberWarning: "on", protect: "off" },
      since: new Date(Date.now() - 600_000).toISOString(),
      lastSeen: new Date().toISOString(),
    },
  ],
};

export const tokenOf = (role: Role): string => `token-of-${role}`;
export const hostile = "<img src=x onerror=\"document.title='owned'\">";

const hashOfEverybody = hashPassword("correct horse");

/** In-memory ports with `machineCount` machines, two tickets and one wave per signal, and the means to stir them. */
export async function seededPorts(machineCount = 12) {
  const machines = new Map<string, MachineRecord>();
  const conditions = new Map<string, MachineCondition>();
  for (let index = 0; index < machineCount; index++) {
    const machineId = index === 0 ? "JD5055E-1" : `M-${String(index).padStart(5, "0")}`;
    const title = index === 3 ? hostile : index % 2 === 0 ? null : `泵车 ${index} 号`;
    const agoMs = index === 5 ? 7_200_000 : 1_000 * (index % 8);
    const lastContact = index === 7 ? null : new Date(Date.now() - agoMs).toISOString();
    const online = index !== 5 && index !== 7;
    machines.set(machineId, { machineId, plan: "loader-tractor", title, lastContact, online });
    const health = [null, 98, 91, 100, 74, 95, 22, 41][index % 8] ?? null;
    conditions.set(machineId, { health, activeCodes: [], activeFindings: 0 });
  }
  conditions.set("JD5055E-1", troubled);
  const audit = createMemoryAudit();
  const users = createMemoryUsers();
  const passwordHash = await hashOfEverybody;
  for (const role of roles) await users.add({ username: role, role, passwordHash });

  const listeners = new Set<(machineId: string) => void>();
  const problems: { text: string | undefined; severity: Severity } = {
    text: undefined,
    severity: "fault",
  };
  const tickets = createMemoryTickets(sampleTickets("JD5055E-1", Date.now()));
  const wave = (name: string, at: number) =>
    (name === "engineSpeed" ? 1500 : 80) + 40 * Math.sin(at / 9_000) + 6 * Math.sin(at / 1_100);
  const latest = (machineId: string) =>
    machines.get(machineId)?.online !== true
      ? []
      : values.map(([name, unit, value, quality, spn], index) => {
          const ms = Date.now() - (index === 3 ? 75_000 : 400);
          const now = value === null ? null : Math.round(wave(name, ms) * 8) / 8;
          return {
            name,
            unit,
            value: now,
            quality,
            spn,
            sa: 0,
            t: toIsoNs(BigInt(ms) * 1_000_000n),
          };
        });
  const samplesOf = (fromNs: bigint, toNs: bigint, name: string) => {
    const t: string[] = [];
    const value: (number | null)[] = [];
    const quality: QualityName[] = [];
    for (let ns = fromNs; ns < toNs && t.length < 100_000; ns += 1_000_000_000n) {
      const isBad = name === "engineOilPressure" || (ns / 1_000_000_000n) % 240n < 20n;
      t.push(toIsoNs(ns));
      value.push(isBad ? null : wave(name, Number(ns / 1_000_000n)));
      quality.push(isBad ? "error" : "good");
    }
    return { t, value, quality };
  };
  const ports: ServerPorts = {
    clock: systemClock,
    log: silentLogger,
    machines: {
      list: async () => [...machines.values()],
      get: async (machineId) => machines.get(machineId),
    },
    plans: new Map([["loader-tractor", samplePlan]]),
    telemetry: {
      signals: async (machineId) => latest(machineId),
      raw: async ({ signal: name, fromNs, toNs, limit = 100_000 }) => {
        const to = toNs ?? BigInt(Date.now()) * 1_000_000n;
        const all = samplesOf(fromNs ?? to - 60_000_000_000n, to, name);
        if (all.t.length <= limit) return all;
        return {
          t: all.t.slice(0, limit),
          value: all.value.slice(0, limit),
          quality: all.quality.slice(0, limit),
          next: "more",
        };
      },
      stretches: async () => noSums,
      fleetHours: async ({ machineIds }) => ({
        machine: Uint32Array.from(machineIds.keys()),
        hour: Int32Array.from(machineIds, () => 500_000),
        min: Float64Array.from(machineIds, () => Number.NaN),
        max: Float64Array.from(machineIds, () => Number.NaN),
        mean: Float64Array.from(machineIds, () => Number.NaN),
        count: Float64Array.from(machineIds, () => 0),
        errors: Float64Array.from(machineIds, () => 1),
        waiting: 0,
      }),
      buckets: async ({ signal: name, fromNs = 0n, toNs = 0n, points }) => {
        const { t } = samplesOf(fromNs, toNs, name);
        const step = Math.ceil(t.length / points);
        const starts = t.filter((_, index) => index % step === 0);
        const mean = starts.map((at) => wave(name, Date.parse(at)));
        const count = starts.map(() => step);
        const shift = (by: number) => mean.map((one) => one + by);
        const errors = starts.map(() => 0);
        const bucketNs = String(BigInt(step) * 1_000_000_000n);
        const ends = { first: mean, last: mean };
        return { t: starts, min: shift(-5), max: shift(5), mean, ...ends, count, errors, bucketNs };
      },
    },
    imports: { take: async () => noExport(), of: () => [] },
    exports: { start: noExport, list: () => [], get: noExport, file: noExport, remove: noExport },
    ledger: {
      ledger: async (machineId) =>
        machines.has(machineId)
          ? {
              produced: 48_210,
              suppressed: 112_934,
              stored: 48_102,
              journalled: 60,
              spooled: 41,
              quarantined: 0,
              lost: 7,
              byHour: [
                {
                  ...{ hour: "2026-05-01T08:00:00.000000000Z", produced: 48_169, stored: 48_102 },
                  ...{ journalled: 60, quarantined: 0, lost: 7, lostBy: { "spool-full": 7 } },
                },
              ],
            }
          : undefined,
      spooled: () => 41,
    },
    live: {
      latest,
      some(machineId, names) {
        const all = latest(machineId);
        return all.length === 0 ? undefined : all.filter(({ name }) => names.has(name));
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    judge: { condition: (machineId) => conditions.get(machineId) },
    standings: { of: async () => undefined },
    lateData: lateDataOf("JD5055E-1"),
    tickets: tickets.desk,
    shelving: absent<ServerPorts["shelving"]>({ list: async () => [] }),
    resets: absent<ServerPorts["resets"]>(),
    customers: absent<ServerPorts["customers"]>(),
    channels: absent<ServerPorts["channels"]>(),
    media: noMedia,
    field: noField,
    stock: absent<ServerPorts["stock"]>(),
    organisation: absent<ServerPorts["organisation"]>(),
    exchange: absent<ServerPorts["exchange"]>(),
    kpi: absent<ServerPorts["kpi"]>(),
    forecast: absent<ServerPorts["forecast"]>(),
    lessons: absent<ServerPorts["lessons"]>({ trust: async () => new Map() }),
    quarantine: {
      links: () => ({
        known: 10_000,
        online: 2_688,
        reconnecting: 7_312,
        hubClock: { offSeconds: 600, gateways: 2_100, isOff: true },
      }),
      refusals: () => [
        {
          what: "publish-topic",
          who: hostile,
          remote: "10.0.0.7",
          detail: "spBv1.0/firebreak/DDATA/gw-1/JD5055E-1",
          firstAt: "2026-05-01T08:00:00.000Z",
          lastAt: "2026-05-01T08:05:00.000Z",
          count: 3,
        },
      ],
      alarms: () => [
        {
          kind: "cloned-gateway",
          gatewayId: "gw-1",
          machineId: "JD5055E-1",
          firstAt: "2026-05-01T08:00:00.000Z",
          lastAt: "2026-05-01T08:05:00.000Z",
          count: 3,
        },
      ],
      list: async () => ({
        items: [
          {
            id: "1",
            at: new Date(Date.now() - 3_600_000).toISOString(),
            topic: `spBv1.0/firebreak/DDATA/gw-7/${hostile}`,
            reason: "payload is not valid protobuf",
            bytes: 812,
            gatewayId: "gw-7",
            machineId: null,
            samples: 0,
            state: "waiting" as const,
          },
        ],
        next: null,
      }),
      exported: () => ['{"id":"1","base64":"AQI="}\n'],
      retry: async () => ({ state: "released", reason: null }),
      aside: async () => [
        {
          machineId: "JD5055E-1",
          reason: `field type conflict ${hostile}`,
          samples: 3,
          since: "2026-05-01T08:00:00.000Z",
          mayRetry: true,
        },
      ],
      async *exportedRefused() {
        yield '{"id":"1","line":"sample value=1 1"}\n';
      },
      retryRefused: async () => ({ taken: 2, waiting: 1, stopped: null }),
    },
    silence: { counts: () => ({ ...noSilence, "bus-dead": 1 }) },
    captures: noCaptures,
    controllers: { of: () => [], freezeFrames: () => [] },
    gateways: {
      list: async () => [
        {
          gatewayId: "gw-1",
          machines: ["JD5055E-1"],
          enrolledAt: "2026-05-01T08:00:00.000Z",
          isOnline: true,
          hasPassword: false,
          serialNumber: "board-1",
          certificateEndsAt: "2027-05-01T08:00:00.000Z",
          certificateDaysLeft: 300,
          revoked: null,
        },
      ],
    },
    gatewayHealth: {
      ofGateway: () => undefined,
      ofMachine: () => undefined,
      changes: () => [],
      losses: () => [],
    },
    rollouts: emptyRollouts,
    audit: audit.desk,
    erasure: {
      erase: async (personId) => {
        if (personId !== "P-1") throw new CodedError("PERSON_UNKNOWN", "there is no such person");
        return { personId, redactedTexts: 2 };
      },
    },
    users,
    tokens: {
      verify: (token) => {
        const role = roles.find((one) => tokenOf(one) === token);
        return role === undefined ? undefined : { id: role, role };
      },
    },
    aempClients: openAempClients(join(tmpdir(), "firebreak-no-aemp-clients")),
    aempSources: () => [],
    readiness: [
      {
        name: "journal",
        get severity() {
          return problems.severity;
        },
        problem: () => problems.text,
      },
    ],
    metrics: { contentType: "text/plain; version=0.0.4", metrics: async () => "up 1\n" },
  };
  const touch = (machineId: string) => {
    for (const listener of listeners) listener(machineId);
  };
  return { ports, audit, machines, conditions, tickets, problems, touch };
}

const noRollout = async () => {
  throw new CodedError("ROLLOUT_UNKNOWN", "there is no such roll-out");
};

/** A hub that has never sent a configuration. */
const emptyRollouts: RolloutPort = {
  list: () => [],
  get: noRollout,
  check: async () => [],
  create: noRollout,
  order: noRollout,
  rollBack: noRollout,
};
