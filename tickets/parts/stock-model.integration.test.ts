import { errorCode } from "@firebreak/kit/coded-error.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { TicketTables } from "../tables.ts";
import { type Network, openNetwork } from "./network.fixture.ts";
import { expectStockConsistent } from "./stock.fixture.ts";
import type { TransferStep } from "./stock-desk.ts";

const runs = process.env.FIREBREAK_SOAK === "1" ? 100 : 3;
const places = ["home", "near", "centre-1", "main", "van"] as const;
const first = { home: 2, near: 3, "centre-1": 2, main: 4, van: 1 };

const pick = fc.nat(30);
const place = fc.constantFrom(...places);
const command = fc.oneof(
  fc.record({
    what: fc.constant("receive" as const),
    place,
    pieces: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ what: fc.constant("adjust" as const), place, by: fc.integer({ min: -3, max: 2 }) }),
  fc.record({
    what: fc.constant("want" as const),
    tier: fc.constantFrom("exceed", "above", "meet"),
    priority: fc.constantFrom("emergency", "major", "general"),
    pieces: fc.integer({ min: 1, max: 3 }),
    hasVan: fc.boolean(),
  }),
  fc.record({
    what: fc.constant("transfer" as const),
    pick,
    step: fc.constantFrom<TransferStep>(
      "approve",
      "pick",
      "pick",
      "send",
      "send",
      "receive",
      "receive",
      "lose",
      "cancel",
    ),
  }),
  fc.record({ what: fc.constant("move" as const), place, to: place, pieces: fc.nat(3) }),
  fc.record({ what: fc.constant("hand-out" as const), pick }),
  fc.record({ what: fc.constant("use" as const), pick }),
  fc.record({ what: fc.constant("return" as const), pick }),
  fc.record({ what: fc.constant("cancel" as const), pick }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** What may be refused, and by what name. */
const refusals = [
  "STOCK_SHORT",
  "STOCK_QUANTITY",
  "TRANSFER_STATE",
  "TRANSFER_PLACES",
  "LOAN_STATE",
  "PARTS_NOT_READY",
  "TICKET_TRANSITION",
];

/** Pieces by place, and those that lie nowhere: as simple as it can be. */
interface Model {
  readonly onHand: Map<string, number>;
  onTheWay: number;
  /** By the place they were handed out at. */
  readonly onLoan: Map<string, number>;
}

describeEachDatabase("stock against a model", (open) => {
  test("SK-1 to SK-8 hold after every command of any sequence, and every piece is accounted for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 15, maxLength: 30 }), async (commands) => {
        const stock = Object.entries(first).map(([at, pieces]) => [
          at,
          `PUMP: { bin: X, quantity: ${pieces}, min: 1, max: 5${at === "home" ? ", fenced: { exceed: 1 }" : ""} }`,
        ]);
        const net = await openNetwork(await open(), Object.fromEntries(stock));
        const model: Model = {
          onHand: new Map(Object.entries(first)),
          onTheWay: 0,
          onLoan: new Map(),
        };
        for (const [index, one] of commands.entries()) {
          try {
            await obey(net, model, one, index);
          } catch (error) {
            expect(refusals, `${JSON.stringify(one)}: ${error}`).toContain(errorCode(error));
          }
          await expectModel(net, model);
          await expectStockConsistent(net.db);
        }
      }),
      { numRuns: runs },
    );
  }, 300_000);
});

const put = (model: Model, at: string, pieces: number) =>
  model.onHand.set(at, (model.onHand.get(at) ?? 0) + pieces);

async function obey(net: Network, model: Model, one: Command, index: number): Promise<void> {
  const order = net.order();
  switch (one.what) {
    case "receive": {
      const item = { partNo: "PUMP", locationId: one.place };
      await net.desk.receive({ ...order, ...item, quantity: one.pieces });
      return void put(model, one.place, one.pieces);
    }
    case "adjust": {
      const item = { partNo: "PUMP", locationId: one.place };
      await net.desk.adjust({ ...order, ...item, by: one.by, reason: "count" });
      return void put(model, one.place, one.by);
    }
    case "want": {
      const job = await net.job(`${one.tier}-${index}`, one.priority as "general");
      const engineer = one.hasVan ? { engineerId: "E-1" } : {};
      await net.want(job, "PUMP", { quantity: one.pieces, ...engineer });
      return;
    }
    case "transfer":
      return stepTransfer(net, model, one);
    case "move": {
      const wish = { partNo: "PUMP", locationId: one.place, toId: one.to, quantity: one.pieces };
      await net.desk.move({ ...order, ...wish });
      return;
    }
    case "hand-out": {
      const ticketId = await chosen(net, one.pick, "ready", "reserved");
      if (ticketId) await net.desk.handOut({ ...order, ticketId });
      return takeOut(net, model);
    }
    case "cancel": {
      const ticketId = await chosen(net, one.pick, "ready", "reserved", "backordered");
      if (ticketId) await net.desk.cancelRequest({ ...order, ticketId, reason: "not needed" });
      return;
    }
    case "use":
    case "return":
      return endLoan(net, model, one);
  }
}

async function stepTransfer(
  net: Network,
  model: Model,
  one: Extract<Command, { what: "transfer" }>,
): Promise<void> {
  const { items } = await net.desk.transfers({ isOpen: true, limit: 1000 });
  const transfer = items.toReversed()[one.pick % Math.max(1, items.length)];
  if (!transfer) return;
  const { transferId, quantity, fromId, toId } = transfer;
  await net.desk.stepTransfer({ ...net.order(), transferId, step: one.step, reason: "so" });
  if (one.step === "send") put(model, fromId, -quantity);
  if (one.step === "send") model.onTheWay += quantity;
  if (one.step === "receive") put(model, toId, quantity);
  if (one.step === "receive" || one.step === "lose") model.onTheWay -= quantity;
}

/** Whatever a hand-out took, it took from where the loan says. */
async function takeOut(net: Network, model: Model): Promise<void> {
  const { items } = await net.desk.loans({ limit: 1000 });
  for (const at of places) {
    const out = items
      .filter(({ locationId }) => locationId === at)
      .reduce((sum, loan) => sum + loan.quantity - loan.used - loan.returned, 0);
    put(model, at, (model.onLoan.get(at) ?? 0) - out);
    model.onLoan.set(at, out);
  }
}

async function endLoan(
  net: Network,
  model: Model,
  one: Extract<Command, { what: "use" | "return" }>,
): Promise<void> {
  const { items } = await net.desk.loans({ isOpen: true, limit: 1000 });
  const loan = items[one.pick % Math.max(1, items.length)];
  if (!loan) return;
  const { loanId, locationId } = loan;
  const end = { ...net.order(), loanId, quantity: 1 };
  if (one.what === "use") await net.desk.consumeLoan({ ...end, reportLine: "R-1/1" });
  else await net.desk.returnLoan(end);
  model.onLoan.set(locationId, (model.onLoan.get(locationId) ?? 0) - 1);
  if (one.what === "return") put(model, locationId, 1);
}

async function chosen(net: Network, index: number, ...states: string[]) {
  const rows = await net.db
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("kind", "=", "parts")
    .where("state", "in", states)
    .orderBy("created_at")
    .orderBy("ticket_id")
    .execute();
  return rows[index % Math.max(1, rows.length)]?.ticket_id;
}

async function expectModel(net: Network, model: Model): Promise<void> {
  const { items } = await net.desk.stock({ partNo: "PUMP", limit: 1000 });
  const stored = new Map(items.map(({ locationId, onHand }) => [locationId, onHand]));
  for (const [at, pieces] of model.onHand) expect([at, stored.get(at)]).toEqual([at, pieces]);
  expect(items.reduce((sum, { inTransitIn }) => sum + inTransitIn, 0)).toBe(model.onTheWay);
}
