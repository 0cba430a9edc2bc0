import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@firebreak/kit/database.ts";
import type { FailureMode, Plan } from "@firebreak/plans/plan-schema.ts";
import type { Evidence } from "@firebreak/rules/finding.ts";
import { expect } from "vitest";
import { prepareTickets } from "../prepare-tickets.ts";
import type { Ticket } from "../ticket.ts";
import { createTicketService, type TicketService } from "../ticket-service.ts";
import { requireTicket, type TicketWork } from "../ticket-work.ts";
import { dispatcher, dtc, finding, plan } from "../tickets.fixture.ts";
import type { Priority } from "../vocabulary.ts";
import type { Tier } from "./part.ts";
import { type RequestOptions, requestParts } from "./parts-ticket.ts";
import { createStockDesk, type StockDesk } from "./stock-desk.ts";

const part = (facts: string) =>
  `name: { en: Part, zh-CN: 配件 }, category: component, unitPriceFen: 10000, leadTimeDays: 7${facts}`;

export const networkParts = `parts:
  PUMP: { ${part(", abcClass: A")} }
  SEAL: { ${part(", abcClass: B, onWearList: true")} }
  BOLT: { ${part(", abcClass: C")} }
  DEAR: { ${part("").replace("10000", "900000")} }
  OLD: { ${part(", alternates: [NEW]")} }
  NEW: { ${part("")} }
`;

const place = (id: string, lat: number, more = "") =>
  `id: ${id}, name: { en: ${id}, zh-CN: ${id} }, point: { lat: ${lat}, lon: 112 }${more}`;

/** On one meridian; 2.4 h of road to the degree: five centres, headquarters, three stations and a vehicle. */
export const networkPlaces = (stock: Readonly<Record<string, string>>) => `stations:
  - { ${place("home", 28, ", parent: centre-1")}, region: central, stock: { ${stock.home ?? ""} } }
  - { ${place("near", 29, ", parent: centre-1")}, region: central, stock: { ${stock.near ?? ""} } }
  - { ${place("far", 38)}, region: north, stock: { ${stock.far ?? ""} } }
locations:
  - { ${place("main", 33)}, kind: hq, stock: { ${stock.main ?? ""} } }
${[30, 34, 36, 24, 40].map((lat, index) => `  - { ${place(`centre-${index + 1}`, lat)}, kind: regional_centre, region: central, stock: { ${stock[`centre-${index + 1}`] ?? ""} } }`).join("\n")}
  - { ${place("van", 28)}, kind: vehicle, station: home, engineer: E-1, stock: { ${stock.van ?? ""} } }
`;

const modeOf = (priority: Priority): FailureMode => {
  const mode = plan.service.failureModes["oil-pressure-low"];
  if (!mode) throw new TypeError("the fixture has this failure mode");
  return { ...mode, priority, parts: [] };
};

const tierOf = (machineId: string): Tier =>
  machineId.startsWith("exceed") ? "exceed" : machineId.startsWith("above") ? "above" : "meet";

/** Machines are served by the tier their id begins with. */
export const planOf = (machineId: string): Plan => ({
  ...plan,
  service: {
    ...plan.service,
    tier: tierOf(machineId),
    failureModes: { general: modeOf("general"), major: modeOf("major") },
  },
});

export interface Network {
  readonly db: Database;
  readonly desk: StockDesk;
  readonly service: TicketService;
  readonly clock: { nowMs(): number; monotonicMs(): number; advance(hours: number): void };
  /** A repair of a machine, without any parts. */
  job(machineId: string, priority?: Priority): Promise<Ticket>;
  /** A parts ticket for a job, approved. */
  want(
    job: Ticket,
    partNo: string,
    more?: Partial<RequestOptions> & { quantity?: number },
  ): Promise<Ticket>;
  work<Answer>(run: (work: TicketWork) => Promise<Answer>): Promise<Answer>;
  get(ticketId: string): Promise<Ticket>;
  order(): { readonly actor: typeof dispatcher; readonly commandId: string };
  /** `home PUMP: 3/1`: on hand and reserved. */
  levels(partNo: string): Promise<Record<string, string>>;
}

let commands = 0;

/** Everything that parts need around them, on a new and empty database. `stock`: by place, YAML. */
export async function openNetwork(
  db: Database,
  stock: Readonly<Record<string, string>> = {},
): Promise<Network> {
  let nowMs = Date.parse("2026-03-02T00:00:00.000Z");
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    advance: (hours: number) => {
      nowMs += hours * 3_600_000;
    },
  };
  await prepareNetwork(db, stock, clock);
  const service = createTicketService({ db, clock, planOf });
  const work: Network["work"] = (run) => db.transaction((tx) => run(service.begin(tx, dispatcher)));
  const get = (ticketId: string) => service.get(ticketId);
  return {
    db,
    clock,
    service,
    desk: createStockDesk({ db, begin: service.begin }),
    work,
    get,
    order: () => ({ actor: dispatcher, commandId: `network-${++commands}` }),
    async job(machineId, priority = "general") {
      const id = `finding-${machineId}-${++commands}`;
      const changes = await db.transaction((tx) =>
        service.applyFindings(tx, [findingOf(id, machineId, priority, nowMs)]),
      );
      const ticket = changes.at(0)?.ticket;
      if (!ticket) throw new TypeError("a finding opens a ticket");
      expect(ticket.priority).toBe(priority);
      return ticket;
    },
    want: (job, partNo, { quantity = 1, ...more } = {}) =>
      work(async (inner) => {
        const parent = await requireTicket(inner.tx, job.ticketId);
        const options = { commandId: `want-${++commands}`, isPreapproved: true, ...more };
        const ticket = await requestParts(inner, parent, [{ partNo, quantity }], options);
        if (!ticket) throw new TypeError("a new part is asked for");
        return ticket;
      }),
    async levels(partNo) {
      const { items } = await createStockDesk({ db, begin: service.begin }).stock({
        partNo,
        limit: 100,
      });
      return Object.fromEntries(
        items.map(({ locationId, onHand, reserved }) => [locationId, `${onHand}/${reserved}`]),
      );
    },
  };
}

const lampsOf: Record<Priority, Evidence> = {
  emergency: dtc({ redStop: "on" }),
  major: dtc({ amberWarning: "on" }),
  general: dtc({}),
  planned: dtc({}),
};
const dark = { redStop: "off", amberWarning: "off" } as const;

const findingOf = (findingId: string, machineId: string, priority: Priority, nowMs: number) =>
  finding({
    findingId,
    machineId,
    failureMode: priority === "general" ? "general" : "major",
    since: new Date(nowMs).toISOString(),
    at: new Date(nowMs).toISOString(),
    evidence: [priority === "general" ? dtc(dark) : lampsOf[priority]],
  });

async function prepareNetwork(
  db: Database,
  stock: Readonly<Record<string, string>>,
  clock: Network["clock"],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-network-"));
  const [partsFile, stockFile] = [join(folder, "parts.yaml"), join(folder, "stock.yaml")];
  writeFileSync(partsFile, networkParts);
  writeFileSync(stockFile, networkPlaces(stock));
  await prepareTickets(db, { partsFile, stockFile, clock });
  rmSync(folder, { recursive: true, force: true });
}
