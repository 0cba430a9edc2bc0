import { openDatabase } from "@firebreak/kit/database.ts";
import type { TicketTables } from "../tables.ts";
import { openNetwork } from "./network.fixture.ts";

/**
 * Parts at work, to be killed at any moment: `node crash-stock-child.fixture.ts <database>` asks for parts, moves, hands
 * out, uses and takes back without end, and says `step <n>` after each.
 */
const [path = ""] = process.argv.slice(2);
const db = openDatabase({ path });
const net = await openNetwork(db, {
  home: "PUMP: { bin: A, quantity: 3 }",
  "centre-1": "PUMP: { bin: C, quantity: 40 }",
});
const run = Date.now();

async function stateOf(...states: string[]): Promise<string | undefined> {
  const row = await db
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("kind", "=", "parts")
    .where("state", "in", states)
    .limit(1)
    .executeTakeFirst();
  return row?.ticket_id;
}

const order = (step: number) => ({ ...net.order(), commandId: `${run}-${step}` });

async function act(step: number): Promise<void> {
  switch (step % 5) {
    case 0:
      await net.want(await net.job(`meet-${run}-${step}`, "emergency"), "PUMP", {
        commandId: `want-${run}-${step}`,
      });
      return;
    case 1:
    case 2: {
      const [transfer] = (await net.desk.transfers({ isOpen: true, limit: 1 })).items;
      if (!transfer) return;
      const { transferId, state } = transfer;
      const next = { requested: "pick", picked: "send", in_transit: "receive" } as const;
      const move = next[state as keyof typeof next];
      await net.desk.stepTransfer({ ...order(step), transferId, step: move });
      return;
    }
    case 3: {
      const ticketId = await stateOf("ready");
      if (ticketId) await net.desk.handOut({ ...order(step), ticketId });
      return;
    }
    default: {
      const [loan] = (await net.desk.loans({ isOpen: true, limit: 1 })).items;
      if (!loan) return;
      const end = { ...order(step), loanId: loan.loanId };
      if (step % 2) await net.desk.consumeLoan({ ...end, reportLine: `R-${step}` });
      else await net.desk.returnLoan(end);
    }
  }
}

for (let step = 0; ; step++) {
  await act(step);
  process.stdout.write(`step ${step}\n`);
}
