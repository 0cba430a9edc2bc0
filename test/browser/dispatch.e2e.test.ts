import { readFileSync } from "node:fs";
import type { Ticket } from "@firebreak/dashboards/web/types.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { hasChromium, overflowOf, startChromium, type View, Visitor } from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  { language: "en", width: 1920 },
];
const machineId = "PUMP-001";

describe.skipIf(!hasChromium())("dispatch", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("dispatch"), args: ["--no-simulator"] });
    browser = await startChromium();
    const { items } = await hub.get<{ items: { engineerId: string }[] }>(
      "organisation/engineers?limit=500",
    );
    for (const { engineerId } of items)
      await hub.post(`organisation/engineers/${engineerId}/presence`, { state: "available" });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const arrive = (view: View) =>
    Visitor.arrive(browser, {
      url: hub.url,
      view,
      headers: { authorization: `Bearer ${hub.token}` },
    });
  const openTicket = async (title: string): Promise<Ticket> => {
    const faultCode = "accumulator-precharge-loss";
    const body = { machineId, title, ...(title === "life" ? { faultCode } : {}) };
    const reply = await hub.post("tickets", body);
    expect(reply.status).toBe(200);
    return (await reply.json()) as Ticket;
  };
  const now = (ticketId: string) => hub.get<Ticket>(`tickets/${ticketId}`);
  const until = (ticketId: string, state: Ticket["state"]) =>
    eventually(`${ticketId} to be ${state}`, async () => {
      const ticket = await now(ticketId);
      return ticket.state === state && ticket;
    });

  const order = async (page: Page, name: string) => {
    const button = page.locator(`[data-order="${name}"]`);
    await button.waitFor({ state: "attached" });
    if (!(await button.isVisible())) await page.locator(".more-orders summary").click();
    await button.click();
  };
  const send = (page: Page) => page.locator("[data-testid=actions] button[type=submit]").click();

  test("a ticket is dragged onto an engineer who was not suggested: with a reason", async () => {
    const visitor = await arrive({ language: "en", width: 1920 });
    const { ticketId } = await openTicket("Dragged");
    const page = await visitor.open("/board");
    const card = page.locator(`[data-row="${ticketId}"]`);
    await card.getByTestId("acknowledge").click();
    await until(ticketId, "acknowledged");
    const figures = await hub.get<Record<string, number>>("board/figures");
    const shown = page.getByTestId("board-figures").locator("[data-field=unassigned]");
    await eventually(
      "the number to assign",
      async () => Number(await shown.getAttribute("data-value")) === figures.unassigned,
    );
    await card.getByTestId("choose-ticket").click();
    const crew = page.getByTestId("assign-panel").locator(".crew-row");
    await crew.first().waitFor();
    await visitor.show(page, "board");
    const other = page.getByTestId("assign-panel").locator(".crew-row:not(.suggested)").first();
    const engineerId = await other.getAttribute("data-row");
    await card.dragTo(other);
    await page.locator("[data-testid=override-form] [name=reason]").fill("knows the machine");
    await page.locator("[data-testid=override-form] button[type=submit]").click();
    const { assignment } = await until(ticketId, "assigned");
    expect(assignment).toMatchObject({ engineerId, overridden: { reason: "knows the machine" } });
    expect(visitor.complaints()).toEqual([]);
    await visitor.leave();
  });

  test.for(views)(
    "the whole life of a ticket by its buttons, $language at $width px",
    async (view) => {
      const visitor = await arrive(view);
      const { ticketId } = await openTicket(view.language === "en" ? "life" : "Hose leaks");
      const page = await visitor.open(`/tickets/${ticketId}`);
      await order(page, "acknowledge");
      await until(ticketId, "acknowledged");
      await visitor.show(page, "ticket-acknowledged");
      await order(page, "assign");
      await page.getByTestId("assign").first().click();
      await until(ticketId, "assigned");
      await order(page, "accept");
      await eventually(
        "it to be accepted",
        async () => (await now(ticketId)).assignment?.acceptedAt,
      );
      await order(page, "depart");
      await until(ticketId, "en_route");
      await order(page, "arrive");
      await page.locator("[name=reason]").fill("at the gate");
      await send(page);
      await until(ticketId, "on_site");
      await order(page, "start-work");
      await page.locator("[name=isSafetyChecked]").check();
      await send(page);
      await until(ticketId, "in_progress");
      await order(page, "finish");
      await page.locator("[name=judgement]").fill("bladder burst");
      await page.locator("[name=handling]").fill("replaced");
      await page.locator("[name=isMachineChecked]").check();
      await visitor.show(page, "ticket-finish");
      await send(page);
      await until(ticketId, "work_done");
      await order(page, "submit-report");
      for (const name of ["symptom", "solution", "preventionAdvice"])
        await page.locator(`[name=${name}]`).fill("as agreed");
      await page.locator("[name=fullMachineCheck]").check();
      await page.locator("[name=machineStateNormal]").check();
      // The first request is lost on the way: pressed again it is the same report, not a second one.
      const sent: (string | null)[] = [];
      page.on("request", (one) => {
        if (one.url().endsWith("/field/sync")) sent.push(one.postData());
      });
      await page.route("**/field/sync", (route) => route.abort(), { times: 1 });
      await send(page);
      await page.locator("[data-testid=actions] [data-code=UNREACHABLE]").waitFor();
      expect(visitor.complaints().join()).toContain("ERR_FAILED");
      await send(page);
      await until(ticketId, "verifying");
      expect(sent).toHaveLength(2);
      expect(sent[1]).toBe(sent[0]);
      await order(page, "verification-confirmed");
      await page.locator("[name=detail]").fill("by telephone");
      await send(page);
      await until(ticketId, "follow_up");
      await page.getByTestId("reports").waitFor();
      expect(await overflowOf(page)).toBe(0);
      await visitor.show(page, "ticket-follow-up");
      const { childIds } = await now(ticketId);
      for (const childId of childIds) await settle(childId);
      await order(page, "follow-up-done");
      await page.locator("[name=note]").fill("content");
      await send(page);
      const { timeline } = await until(ticketId, "closed");
      await eventually(
        "the whole timeline",
        async () => (await page.getByTestId("timeline").locator("li").count()) === timeline.length,
      );
      const words = await page.getByTestId("timeline").textContent();
      for (const { type } of timeline) if (type.includes("-")) expect(words).not.toContain(type);
      await visitor.show(page, "ticket-closed");
      expect(visitor.complaints()).toEqual([]);
      await visitor.leave();
    },
  );

  /** Parts that were handed out and not fitted come back. */
  async function settle(ticketId: string): Promise<void> {
    const { parts, state } = await now(ticketId);
    for (const loanId of parts.flatMap(({ loanIds = [] }) => loanIds))
      await hub.post(`part-loans/${loanId}/return`, {});
    if (!["closed", "cancelled"].includes(state))
      await hub.post(`tickets/${ticketId}/parts/cancel`, { reason: "not needed" });
  }

  test("the list of tickets is narrowed, lengthened and saved as it is narrowed", async () => {
    const titles = Array.from({ length: 53 }, (_, index) => `Listed ${index}`);
    await Promise.all(titles.map(openTicket));
    const visitor = await arrive({ language: "zh-CN", width: 390 });
    const page = await visitor.open(`/tickets?machine=${machineId}`);
    const rows = page.locator("[data-testid=tickets] tbody tr");
    await rows.first().waitFor();
    await page.locator("[data-filter=kind]").selectOption("work");
    await page.locator("[data-filter=text]").fill("listed");
    await page.waitForURL((url) => url.searchParams.get("text") === "listed");
    await eventually("a page of them", async () => (await rows.count()) === 50);
    await page.getByTestId("show-more").click();
    await eventually("all of them", async () => (await rows.count()) === titles.length);
    expect(await page.getByTestId("show-more").count()).toBe(0);
    expect(await overflowOf(page)).toBe(0);

    const begun = page.waitForEvent("download");
    await page.getByTestId("export-csv").click();
    const saved = await (await begun).path();
    const lines = readFileSync(saved, "utf8").trim().split("\r\n");
    expect(lines).toHaveLength(1 + titles.length);
    expect(lines.slice(1).every((line) => line.includes("Listed"))).toBe(true);

    await page.locator("[data-filter=priority]").selectOption("emergency");
    await page.getByTestId("tickets").waitFor({ state: "detached" });
    await page.locator("#main .empty button").click();
    await rows.first().waitFor();
    expect(new URL(page.url()).search).toBe("");
    await expect.poll(() => page.locator("[data-filter=text]").inputValue()).toBe("");
    expect(visitor.complaints()).toEqual([]);
    await visitor.leave();
  });

  test("a report by telephone becomes a ticket", async () => {
    const visitor = await arrive({ language: "zh-CN", width: 390 });
    const page = await visitor.open("/board?show=all");
    // What is being typed stays, whatever comes meanwhile.
    const find = page.locator(".find input");
    await find.pressSequentially("pump");
    await openTicket("Comes meanwhile");
    await page.locator(".queue-card", { hasText: "Comes meanwhile" }).waitFor();
    expect(await find.inputValue()).toBe("pump");
    await find.fill("");
    await page.getByTestId("phoned-in").click();
    const form = page.getByTestId("phoned-in-form");
    await form.locator("[name=serialNumber]").fill("LOADER-001");
    await form.locator("[name=symptom]").fill("发动机无法启动");
    await form.locator("[name=name]").fill("王师傅");
    await form.locator("[name=phone]").fill("13800000000");
    await form.locator("button[type=submit]").click();
    await eventually("the report to be taken", async () =>
      (await page.getByTestId("said").textContent())?.includes("查询码"),
    );
    const { items } = await hub.get<{ items: Ticket[] }>("tickets?machine=LOADER-001&state=open");
    expect(items.some(({ trigger }) => trigger === "customer_report")).toBe(true);
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "board-phone");
    expect(visitor.complaints().filter((one) => !one.includes("404"))).toEqual([]);
    await visitor.leave();
  });
});
