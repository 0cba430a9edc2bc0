import { translate } from "@firebreak/dashboards/web/i18n/language.ts";
import type { Language } from "@firebreak/dashboards/web/i18n/messages.ts";
import type { ListOf, SignalNow, Ticket } from "@firebreak/dashboards/web/types.ts";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { eventually } from "../product.fixture.ts";
import {
  failing,
  inEveryView,
  keyOf,
  languageOf,
  loadedAt,
  Readers,
  someViews,
  text,
} from "./readers.fixture.ts";
import {
  expectedFleet,
  expectedTickets,
  printedNumber,
  printedUnit,
  shownFleet,
  shownTickets,
} from "./shown.fixture.ts";
import { chartsOn, hasChromium, overflowOf, untilSame, Visitor } from "./visitor.fixture.ts";

const byView = test.for(someViews);
const ticketsArriveMs = 240_000;

describe.skipIf(!hasChromium())("pages in Chromium", () => {
  const readers = Readers.ofSuite(["--fault-after", "20"]);
  /** Lists of tickets that were opened before there was one, and when each document was loaded. */
  const openLists = new Map<string, { page: Page; loadedAt: number }>();
  const ticketPages = new Map<string, { page: Page; loadedAt: number }>();
  let ticket: Ticket;

  const ticketNow = (): Promise<Ticket> => readers.fleet.get<Ticket>(`tickets/${ticket.ticketId}`);

  beforeAll(async () => {
    for (const view of someViews) {
      const page = await readers.of(view).open("/tickets");
      await readers.logIn(page);
      await page.locator("#main .empty").waitFor();
      openLists.set(keyOf(view), { page, loadedAt: await loadedAt(page) });
    }
    expect(await readers.openTickets()).toEqual([]);
  });

  test("a ticket and its parts ticket arise by themselves", async () => {
    const found = await eventually(
      "two open tickets",
      async () => {
        const open = await readers.openTickets();
        return open.length === 2 && open;
      },
      ticketsArriveMs,
    );
    const [work] = found.filter(({ kind }) => kind !== "parts");
    expect(found.map(({ machineId }) => machineId)).toEqual([failing, failing]);
    expect(work?.childIds).toEqual(
      found.filter(({ kind }) => kind === "parts").map(({ ticketId }) => ticketId),
    );
    ticket = work as Ticket;
  });

  byView(`puts them into a list that was already open, ${inEveryView}`, async (view) => {
    const list = openLists.get(keyOf(view));
    if (!list) throw new Error("the list was not opened");
    const rows = await untilSame(
      "the tickets",
      () => shownTickets(list.page),
      async () => expectedTickets(view.language, await readers.openTickets()),
    );
    expect(rows).toHaveLength(2);
    expect(await loadedAt(list.page)).toBe(list.loadedAt);
    expect(await overflowOf(list.page)).toBe(0);
    await readers.of(view).show(list.page, "tickets");
  });

  byView(`tells what is wrong and what to bring, ${inEveryView}`, async (view) => {
    const { language } = view;
    const list = openLists.get(keyOf(view));
    if (!list) throw new Error("the list was not opened");
    const { page } = list;
    await page.locator(`[data-ticket-id=${ticket.ticketId}] a`).first().click();
    await page.getByTestId("parts").waitFor();
    // The ticket may gain evidence between two reads.
    await vi.waitFor(() => expectTicket(page, language), { timeout: 60_000, interval: 200 });
    expect(await overflowOf(page)).toBe(0);
    await readers.of(view).show(page, "ticket");
    ticketPages.set(keyOf(view), { page, loadedAt: await loadedAt(page) });
  });

  /** The ticket page says all that the interface says of the ticket, its evidence and its reserved part. */
  async function expectTicket(page: Page, language: Language): Promise<void> {
    const now = await ticketNow();
    expect(await text(page, "h1")).toBe(now.title[language]);
    const { items } = await readers.fleet.get<ListOf<SignalNow>>(`machines/${failing}/signals`);
    const evidence = await page.getByTestId("evidence").locator("li").allInnerTexts();
    expect(evidence).toHaveLength(now.evidence.length);
    for (const [row, one] of now.evidence.entries()) {
      if (one.kind !== "signal") throw new Error("the simulated fault is seen by its signals");
      const title = items.find(({ name }) => name === one.signal)?.title[language] ?? "(unknown)";
      expect(evidence[row]).toContain(title);
      for (const amount of [one.observed, one.limit])
        expect(evidence[row]).toContain(
          `${printedNumber(language, amount ?? Number.NaN)} ${printedUnit(one.unit)}`,
        );
    }

    const [parts] = (await readers.openTickets()).filter(({ kind }) => kind === "parts");
    const [line] = parts?.parts ?? [];
    const { stationName, bin } = line?.reservation ?? {};
    const shownLine = await text(page, `[data-testid=parts] [data-part="${line?.partNo}"]`);
    const reserved = translate(language, "line.reserved");
    for (const said of [line?.partNo, line?.name[language], stationName?.[language], bin, reserved])
      expect(shownLine).toContain(said);
    expect(await page.locator(`[data-linked="${parts?.ticketId}"] a`).count()).toBe(1);

    const checks = await text(page, "[data-testid=checks]");
    expect(now.checks.length).toBeGreaterThan(0);
    for (const { check, expected } of now.checks) {
      expect(checks).toContain(check[language]);
      expect(checks).toContain(expected[language]);
    }
    const causes = await text(page, "[data-testid=causes]");
    for (const { text: cause, remedy } of now.candidateFaults.flatMap(({ causes }) => causes)) {
      expect(causes).toContain(cause[language]);
      expect(causes).toContain(remedy[language]);
    }
    const events = await page.getByTestId("timeline").locator("li").count();
    expect(events).toBe(now.timeline.length);
  }

  byView(`counts them in the fleet and on the machine, ${inEveryView}`, async (view) => {
    const { language } = view;
    const visitor = readers.of(view);
    const page = await visitor.open("/");
    const rows = await untilSame(
      "the fleet",
      () => shownFleet(page),
      async () => expectedFleet(language, await readers.machineRows()),
    );
    expect(rows[0]).toMatchObject({
      machineId: failing,
      openTickets: `1${ticket.title[language]}`,
    });
    await visitor.show(page, "fleet-with-ticket");
    await page.locator(`[data-machine-id=${failing}] th a`).click();
    await untilSame(
      "the tickets of the machine",
      () => shownTickets(page),
      async () => expectedTickets(language, await readers.openTickets(), { isOfOneMachine: true }),
    );
    const title = `(1) ${failing} · ${translate(language, "product")}`;
    await expect.poll(() => page.title()).toBe(title);
    await eventually("charts", async () => (await chartsOn(page)).some(({ t }) => t.length > 0));
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "machine-with-ticket");
    await page.close();
  });

  test("a viewer reads the ticket and cannot acknowledge it", async () => {
    const headers = { authorization: `Bearer ${await readers.fleet.token("viewer")}` };
    const refusal = await fetch(
      `${readers.fleet.url}/api/v1/tickets/${ticket.ticketId}/acknowledge`,
      {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: "{}",
      },
    );
    expect(refusal.status).toBe(403);
    expect(await refusal.json()).toMatchObject({ code: "NOT_ALLOWED" });

    const view = { language: "en", width: 1920 } as const;
    const visitor = await Visitor.arrive(readers.browser, {
      url: readers.fleet.url,
      view,
      headers,
    });
    const page = await visitor.open(`/tickets/${ticket.ticketId}`);
    await page.getByText(translate("en", "mayNotAct")).waitFor();
    expect(await page.getByTestId("acknowledge").count()).toBe(0);
    expect(visitor.complaints()).toEqual([]);
    await visitor.leave();
    expect((await ticketNow()).state).toBe("new");
  });

  test("one acknowledges, and every open page knows", async () => {
    const view = { language: "zh-CN", width: 390 } as const;
    const page = ticketPages.get(keyOf(view))?.page;
    await page?.getByTestId("acknowledge").click();
    const taken = await eventually("the interface to say so", async () => {
      const now = await ticketNow();
      return now.state === "acknowledged" && now;
    });
    expect(taken.ownerId).toBe("admin");
    for (const [name, open] of ticketPages) {
      const state = translate(languageOf(name), "state.acknowledged");
      await open.page.locator(".over-title .state", { hasText: state }).waitFor();
      await open.page.getByTestId("acknowledge").waitFor({ state: "detached" });
      await open.page.locator("[data-event=acknowledged]").waitFor();
      expect(await loadedAt(open.page)).toBe(open.loadedAt);
    }
  });

  byView(`shows who took it on, ${inEveryView}`, async (view) => {
    const page = ticketPages.get(keyOf(view))?.page as Page;
    expect(await text(page, "[data-event=acknowledged]")).toContain("admin");
    expect(await overflowOf(page)).toBe(0);
    await readers.of(view).show(page, "ticket-acknowledged");
  });

  test("one closes it with what was found, and its parts ticket with it", async () => {
    const view = { language: "en", width: 1920 } as const;
    const page = ticketPages.get(keyOf(view))?.page as Page;
    await page.getByTestId("open-close-form").click();
    const form = page.getByTestId("close-form");
    await form.locator("[name=outcome]").selectOption("fixed");
    await form.locator("[name=note]").fill("Bladder replaced, pre-charged to 110 bar.");
    await form.locator("[name=part]").first().check();
    await page.getByTestId("close").click();
    const done = await eventually("the interface to say so", async () => {
      const now = await ticketNow();
      return now.state === "closed" && now;
    });
    expect(done.outcome).toBe("fixed");
    expect(await readers.fleet.get<Ticket>(`tickets/${ticket.childIds[0]}`)).toMatchObject({
      state: "closed",
      parts: [{ state: "consumed" }],
    });
    await page.getByText("Bladder replaced, pre-charged to 110 bar.").waitFor();
    await readers.of(view).show(page, "ticket-closed");
  });
});
