import { join } from "node:path";
import { openDatabase } from "@firebreak/kit/database.ts";
import type { Complaint } from "@firebreak/tickets/customers/complaint.ts";
import type { FollowUp } from "@firebreak/tickets/customers/follow-up.ts";
import { makeFollowUps } from "@firebreak/tickets/customers/follow-up-store.ts";
import { createTicketIds } from "@firebreak/tickets/ticket-ids.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import {
  choose,
  hasChromium,
  overflowOf,
  startChromium,
  type View,
  Visitor,
} from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  { language: "en", width: 1920 },
];
/** One for each view; both belong to a customer of high value, whom a person calls. */
const machines = { 390: "PUMP-001", 1920: "PUMP-002" } as const;
const reportText = {
  cause: "boom switch stuck",
  solution: "switch worked loose",
  preventionAdvice: "keep the switch clean",
};
interface List<Item> {
  readonly items: Item[];
}

describe.skipIf(!hasChromium())("follow-up", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("follow-up"), args: ["--no-simulator"] });
    browser = await startChromium();
    for (const machineId of Object.values(machines)) await repairByTelephone(machineId);
    await followUpsNow();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const post = async <Reply>(path: string, body: object = {}): Promise<Reply> => {
    const reply = await hub.post(path, body);
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
    return (await reply.json()) as Reply;
  };
  async function repairByTelephone(machineId: string): Promise<void> {
    const { report } = await post<{ report: { ticketId: string } }>("reports", {
      machineId,
      symptom: "The boom does not fold",
      machineStopped: true,
      contact: { name: "王师傅", phone: "+86 138 0000 0000" },
    });
    const orders = {
      acknowledge: {},
      "start-remote": { contact: "on the telephone" },
      "remote-fixed": { note: "told the operator how to reset it" },
      "submit-report": { reportId: machineId, ...reportText },
      "verification-confirmed": { detail: "asked by telephone" },
    };
    for (const [name, body] of Object.entries(orders))
      await post(`tickets/${report.ticketId}/${name}`, body);
  }
  /** As the hub does every minute. */
  async function followUpsNow(): Promise<void> {
    const db = openDatabase({ path: join(hub.data, "firebreak.sqlite") });
    const nowMs = Date.now();
    const work = {
      actor: { kind: "system", id: "test" },
      nowMs,
      at: new Date(nowMs).toISOString(),
      ids: createTicketIds(Date.now),
    } as const;
    try {
      await db.transaction((tx) => makeFollowUps({ ...work, tx }));
    } finally {
      await db.close();
    }
  }
  const taskOf = async (machineId: string): Promise<FollowUp> => {
    const { items } = await hub.get<List<FollowUp>>("follow-ups?mode=human");
    const task = items.find((one) => one.machineId === machineId);
    if (!task) throw new Error(`nobody is to call about ${machineId}`);
    return task;
  };
  const complaintOf = async (text: string): Promise<Complaint | undefined> =>
    (await hub.get<List<Complaint>>("complaints")).items.find((one) => one.text === text);

  test.for(views)("calls, complaints and ratings, $language at $width px", async (view) => {
    const { followUpId, ticketId, dueAt } = await taskOf(machines[view.width]);
    const agent = await Visitor.arrive(browser, {
      url: hub.url,
      view,
      headers: { authorization: `Bearer ${hub.token}` },
    });
    const page = await agent.open("/follow-up");
    const row = page.locator(`[data-row="${followUpId}"]`);
    const dueShown = await row.locator("[data-field=dueAt]").getAttribute("data-value");
    expect(dueShown).toBe(dueAt);

    const callForm = page.getByTestId("call-form");
    const call = async (note: string, answers: Readonly<Record<string, string>>) => {
      await row.locator("[data-order=call]").click();
      for (const [name, value] of Object.entries(answers)) await choose(page, name, value);
      await page.locator("[name=note]").fill(note);
      await agent.show(page, `follow-up-${answers.reached}`);
      expect(await overflowOf(page)).toBe(0);
      await callForm.locator("button.strong").click();
      await callForm.waitFor({ state: "detached" });
    };
    await call("Nobody answers", { reached: "no" });
    expect(await taskOf(machines[view.width])).toMatchObject({
      state: "open",
      outcome: "not_reached",
    });
    await call("It works again", { reached: "yes", outcome: "solved", npsScore: "9", csat: "5" });
    await row.waitFor({ state: "detached" });
    expect(await hub.get(`tickets/${ticketId}`)).toMatchObject({ state: "closed" });
    const ratings = await hub.get<List<object>>(`feedback?ticketId=${ticketId}`);
    expect(ratings.items).toMatchObject([{ source: "follow_up", npsScore: 9, csat: 5 }]);

    await page.locator("[data-tab=complaints]").click();
    await page.getByTestId("new-complaint").click();
    const text = `The engineer came late, seen at ${view.width}`;
    await page.locator("[name=text]").fill(text);
    await page.locator("[name=customerId]").selectOption("C-001");
    await page.locator("[name=ticketId]").fill(ticketId);
    await page.getByTestId("complaint-form").locator("button.strong").click();
    const complaint = page.locator("[data-testid=complaints] tbody tr", { hasText: text });
    for (const [before, next] of [
      ["open", "handled"],
      ["handled", "answered"],
      ["answered", "closed"],
    ]) {
      await complaint.locator(`[data-field=state][data-value=${before}]`).waitFor();
      const due = await complaint.locator("[data-field=dueAt]").getAttribute("data-value");
      expect(await complaintOf(text)).toMatchObject({ state: before, ticketId, dueAt: due });
      await complaint.locator(`[data-order=${next}]`).click();
      await page.locator("[name=note]").fill(`it is ${next}`);
      if (next === "answered") await agent.show(page, "follow-up-complaints");
      await page.getByTestId("step-form").locator("button.strong").click();
    }
    await complaint.locator("[data-field=state][data-value=closed]").waitFor();
    expect(await overflowOf(page)).toBe(0);

    await page.locator("[data-tab=feedback]").click();
    expect(new URL(page.url()).searchParams.get("tab")).toBe("feedback");
    const summary = await hub.get<{ nps: number; csat: number; answers: number }>(
      "feedback/summary",
    );
    for (const [name, value] of Object.entries(summary))
      if (typeof value === "number")
        await page.locator(`[data-figure=${name}][data-value="${value}"]`).waitFor();
    await page.locator(`[data-testid=feedback] [data-value="${ticketId}"]`).waitFor();
    await page.getByTestId("campaigns").waitFor();
    expect(await overflowOf(page)).toBe(0);
    await agent.show(page, "follow-up-feedback");
    expect(agent.complaints()).toEqual([]);
    await agent.leave();
  });
});
