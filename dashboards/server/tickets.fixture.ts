import { CodedError } from "@firebreak/kit/coded-error.ts";
import { cardOf } from "@firebreak/tickets/board-card.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { TicketChange } from "@firebreak/tickets/ticket-service.ts";
import { isOpen } from "@firebreak/tickets/vocabulary.ts";
import type { TicketDesk } from "./ports.ts";

const both = (en: string, zh: string) => ({ en, "zh-CN": zh });
const lamps = {
  mil: "off",
  redStop: "off",
  amberWarning: "on",
  protect: "off",
} as const;

const opened = {
  priority: "major",
  channel: "machine",
  serviceType: "preventive",
  regionId: "east",
  stationId: "hangzhou",
  planRef: "loader-tractor@1",
  billable: false,
  progressCode: "x".repeat(22),
} as const;

const evidence = {
  kind: "dtc",
  findingId: "f-1",
  planRef: "loader-tractor@1",
  rule: "dm1",
  from: "2026-05-01T08:00:00.000Z",
  to: "2026-05-01T08:00:12.000Z",
  spn: 100,
  fmi: 4,
  oc: 3,
  sa: 0,
  lamps,
} as const;

/** An inspection with its parts ticket, as the ticket service shows them. */
export function sampleTickets(machineId: string, atMs: number): Ticket[] {
  const at = (seconds: number) => new Date(atMs + seconds * 1000).toISOString();
  const system = { kind: "system", id: "judge" } as const;
  const inspectionFacts = {
    ...opened,
    ticketId: "T-1001",
    kind: "inspection",
    trigger: "dtc",
    title: both(
      "Engine oil pressure sensor: voltage below normal",
      "机油压力传感器：电压低于正常值",
    ),
    machineId,
    faultCode: "engine-oil-pressure-sensor",
    component: "engine-oil-pressure-sensor",
    dedupeKey: `${machineId}:engine-oil-pressure-sensor:inspection`,
    candidateFaults: [
      {
        faultCode: "engine-oil-pressure-sensor",
        confidence: 0.8,
        title: both("Engine oil pressure sensor", "机油压力传感器故障"),
        symptom: both(
          "Oil pressure reads error and the amber lamp is on",
          "机油压力显示错误，黄色警告灯亮",
        ),
        causes: [
          {
            id: "connector",
            text: both("Connector of the sensor unplugged or corroded", "传感器插头松脱或腐蚀"),
            category: "part_damage",
            confidence: 0.6,
            remedy: both("Clean and refit the connector", "清洁并重新插好插头"),
          },
          {
            id: "sensor",
            text: both("Sensor itself defective", "传感器本体损坏"),
            category: "part_damage",
            confidence: 0.3,
            remedy: both("Replace the sensor", "更换传感器"),
          },
        ],
      },
    ],
    checks: [
      {
        check: both("Measure the supply voltage at the connector", "测量插头处供电电压"),
        expected: both("4.75 V to 5.25 V", "4.75 V 至 5.25 V"),
        signal: "engineOilPressure",
      },
      {
        check: both(
          "Look for chafed wires between sensor and control unit",
          "检查传感器至控制器线束有无磨损",
        ),
        expected: both("No damage", "无损伤"),
      },
    ],
    predictedParts: [{ partNo: "RE-52169", qty: 1, probability: 0.6 }],
  } as const;
  const line = {
    partNo: "RE-52169",
    name: both("Oil pressure sensor", "机油压力传感器"),
    quantity: 1,
    unitPriceFen: 48_000,
    leadTimeDays: 7,
    state: "reserved",
    reservation: {
      reservationId: "R-1",
      stationId: "hangzhou",
      stationName: both("Hangzhou station", "杭州服务站"),
      bin: "A-03-2",
    },
  } as const;
  const noWork = {
    rejectedBy: [],
    absorbedIds: [],
    visitLog: [],
    attemptCount: 0,
    consultCount: 0,
    leftWithoutFix: false,
    customerReported: false,
    activeFindings: [],
    failedSteps: [],
  };
  const counts = { sla: [], visits: 0, reopenCount: 0 };
  const common = { ownerId: "", ...counts, ...noWork, updatedAt: at(0) } as const;
  const inspection = {
    ...inspectionFacts,
    ...common,
    state: "new",
    stage: "report",
    evidence: [evidence],
    evidenceCount: 1,
    occurrenceCount: 2,
    parts: [],
    childIds: ["T-1002"],
    createdAt: at(-600),
    timeline: [
      { seq: 1, at: at(-600), actor: system, commandId: "f-1", type: "opened", ...inspectionFacts },
      {
        seq: 2,
        at: at(-599),
        actor: system,
        commandId: "f-1c",
        type: "child-linked",
        childId: "T-1002",
      },
      {
        seq: 3,
        at: at(-60),
        actor: system,
        commandId: "f-2",
        type: "evidence-added",
        findingId: "f-2",
        machineAt: at(-61),
        evidence: [],
        isOccurrence: true,
      },
    ],
    version: 3,
  };
  const partsFacts = {
    ...inspectionFacts,
    ticketId: "T-1002",
    kind: "parts",
    trigger: "parts_demand",
    title: both("Parts for: engine oil pressure sensor", "配件：机油压力传感器"),
    dedupeKey: `${machineId}:engine-oil-pressure-sensor:parts`,
    candidateFaults: [],
    checks: [],
    parentId: "T-1001",
  } as const;
  const parts = {
    ...partsFacts,
    ...common,
    state: "reserved",
    stage: "handle",
    evidence: [],
    evidenceCount: 0,
    occurrenceCount: 1,
    parts: [line],
    childIds: [],
    createdAt: at(-599),
    timeline: [
      { seq: 1, at: at(-599), actor: system, commandId: "f-1p", type: "opened", ...partsFacts },
      {
        seq: 2,
        at: at(-598),
        actor: system,
        commandId: "f-1r",
        type: "parts-reserved",
        lines: [line],
      },
    ],
    version: 2,
  };
  return [parts, inspection] as unknown as Ticket[];
}

const notHere = () => new CodedError("TICKET_TRANSITION", "not possible with tickets in memory");
const toItem = (ticket: Ticket) => ({ ...cardOf(ticket), parts: [] });

/** Tickets in memory with just enough behaviour for the routes; the rules of tickets are tested in their own folder. */
export function createMemoryTickets(first: readonly Ticket[]) {
  const tickets = new Map(first.map((ticket) => [ticket.ticketId, ticket]));
  const listeners = new Set<(change: TicketChange) => void>();
  const get = async (ticketId: string): Promise<Ticket> => {
    const ticket = tickets.get(ticketId);
    if (ticket === undefined) throw new CodedError("TICKET_UNKNOWN", "no such ticket");
    return ticket;
  };
  const put = (ticket: Ticket, change: TicketChange["change"]): Ticket => {
    tickets.set(ticket.ticketId, ticket);
    for (const listener of listeners) listener({ change, ticket });
    return ticket;
  };
  const step = async (ticketId: string, from: string[], changes: object, event: object) => {
    const ticket = await get(ticketId);
    if (ticket.timeline.some((one) => "commandId" in event && one.commandId === event.commandId))
      return ticket;
    if (!from.includes(ticket.state))
      throw new CodedError("TICKET_TRANSITION", `not possible in state ${ticket.state}`);
    const at = new Date().toISOString();
    const version = ticket.version + 1;
    const timeline = [...ticket.timeline, { seq: version, at, ...event }];
    const next = { ...ticket, ...changes, timeline, version, updatedAt: at } as Ticket;
    return put(next, isOpen(next.state) ? "updated" : "ended");
  };
  const desk: TicketDesk = {
    get,
    acknowledge: ({ ticketId, actor, commandId, note }) =>
      step(
        ticketId,
        ["new"],
        { state: "acknowledged", stage: "diagnose", ownerId: actor.id },
        { type: "acknowledged", actor, commandId, ...(note ? { note } : {}) },
      ),
    close: ({ ticketId, actor, commandId, note, outcome }) =>
      step(
        ticketId,
        ["acknowledged"],
        { state: "closed", stage: "done", outcome, closedAt: new Date().toISOString() },
        { type: "closed", actor, commandId, outcome, note },
      ),
    order: () => Promise.reject(notHere()),
    open: () => Promise.reject(notHere()),
    suggestions: () => Promise.reject(notHere()),
    crew: () => Promise.resolve([]),
    boardFigures: async () => ({
      open: tickets.size,
      unassigned: 0,
      dueWithinHour: 0,
      breached: 0,
      waitingParts: 0,
    }),
    bundle: () => Promise.reject(notHere()),
    board: async () => ({ items: [...tickets.values()].map(toItem), next: null }),
    async page({ machine, state, kind, limit, after }) {
      const from = after === undefined ? 0 : Number(after);
      const items = [...tickets.values()].filter(
        (ticket) =>
          (machine === undefined || ticket.machineId === machine) &&
          (state === undefined || isOpen(ticket.state) === (state === "open")) &&
          (kind === undefined || ticket.kind === kind),
      );
      const next = items.length > from + limit ? String(from + limit) : null;
      return { items: items.slice(from, from + limit), next };
    },
    async counts() {
      const open = [...tickets.values()].filter((ticket) => isOpen(ticket.state)).length;
      return { open, openByKind: { inspection: 0, repair: 0, parts: 0 }, machines: 0 };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { desk, put };
}
