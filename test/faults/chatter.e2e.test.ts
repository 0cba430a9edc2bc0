import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, expect, test } from "vitest";
import { hasChromium, startChromium, Visitor } from "../browser/visitor.fixture.ts";
import { oilPressure, recordingOf, running } from "../constructed.fixture.ts";
import { deliverAll, playFleet } from "../fleet-gateway.fixture.ts";
import { eventually, type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { report } from "../seeded.fixture.ts";

const machine = "CHATTER-1";
const hourTenths = 36_000;

let hub: Hub;
afterEach(() => hub.stop());

/** The oil pressure falls below its limit of 70 kPa at every full second for an hour, then stays up for two minutes. */
const chattering = (): string =>
  recordingOf("chattering", hourTenths + 1_200, (tenth) => [
    ...(tenth % 20 === 0 ? [running] : []),
    ...(tenth % 5 === 2 ? [oilPressure(tenth < hourTenths && tenth % 10 === 2 ? 60 : 120)] : []),
  ]);

test("F3: a signal that crosses its limit once a second for an hour is one episode and one ticket that says so in both languages", async () => {
  hub = await startHub({ data: temporaryFolder("chatter"), args: ["--no-simulator"] });
  const machines = new Map([[machine, chattering()]]);
  await deliverAll(await playFleet({ data: hub.data, machines }));
  const open = async () => {
    const { items } = await hub.get<{ items: Ticket[] }>(`tickets?machine=${machine}`);
    return items.filter(({ kind }) => kind !== "parts");
  };
  const [ticket, ...others] = await eventually("the whole hour to be judged", async () => {
    const found = await open();
    const { flapping, activeFindings } = found[0] ?? {};
    return flapping?.totalCount === 3_600 && activeFindings?.length === 0 && found;
  });
  expect(others).toEqual([]);
  expect(ticket).toMatchObject({
    faultCode: "engine-oil-pressure-low",
    occurrenceCount: 1,
    activeFindings: [],
    flapping: { onsetCount: 60, totalCount: 3_600 },
  });
  const { timeline } = await hub.get<Ticket>(`tickets/${ticket?.ticketId}`);
  const noted = timeline.filter(({ type }) => type === "flapping-noted");
  expect(noted.length).toBeLessThan(40);
  report("chatter", { crossings: 3_600, tickets: 1, linesInTimeline: timeline.length });

  if (!hasChromium()) return;
  const browser = await startChromium();
  try {
    for (const [language, sign] of [
      ["en", "flapping 3,600 ×"],
      ["zh-CN", "反复波动 3,600 次"],
    ] as const) {
      const headers = { authorization: `Bearer ${hub.token}` };
      const view = { language, width: 1920 } as const;
      const visitor = await Visitor.arrive(browser, { url: hub.url, view, headers });
      const page = await visitor.open(`/tickets/${ticket?.ticketId}`);
      await page.getByText(sign).first().waitFor({ timeout: 60_000 });
    }
  } finally {
    await browser.close();
  }
});
