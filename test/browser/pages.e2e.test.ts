import { translate } from "@firebreak/dashboards/web/i18n/language.ts";
import { type Language, languages } from "@firebreak/dashboards/web/i18n/messages.ts";
import type {
  LedgerCounts,
  ListOf,
  MachineRow,
  Series,
  SignalNow,
  Ticket,
} from "@firebreak/dashboards/web/types.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { eventually } from "../product.fixture.ts";
import { type DemoFleet, startDemoFleet } from "./demo-fleet.fixture.ts";
import {
  expectedFleet,
  expectedLedger,
  expectedSignals,
  expectedTickets,
  type LiveValue,
  printedNumber,
  printedUnit,
  shownFleet,
  shownLedger,
  shownSignals,
  shownTickets,
  shownValues,
} from "./shown.fixture.ts";
import {
  chartsOn,
  hasChromium,
  overflowOf,
  startChromium,
  untilSame,
  type View,
  Visitor,
} from "./visitor.fixture.ts";

const views: View[] = languages.flatMap((language) => [
  { language, width: 390 as const },
  { language, width: 1920 as const },
]);
const byView = test.for(views);
const inEveryView = "$language at $width px";
/** The simulated machine that develops a fault. */
const failing = "PUMP-002";

const keyOf = ({ language, width }: View): string => `${language} ${width}`;
const ticketsArriveMs = 240_000;

describe.skipIf(!hasChromium())("pages in Chromium", () => {
  let fleet: DemoFleet;
  let browser: Browser;
  const visitors = new Map<string, Visitor>();
  /** Lists of tickets that were opened before there was one, and when each document was loaded. */
  const openLists = new Map<string, { page: Page; loadedAt: number }>();
  const ticketPages = new Map<string, { page: Page; loadedAt: number }>();
  let ticket: Ticket;

  const visitorOf = (view: View): Visitor => {
    const found = visitors.get(keyOf(view));
    if (!found) throw new Error(`nobody logged in for ${keyOf(view)}`);
    return found;
  };
  const loadedAt = (page: Page): Promise<number> => page.evaluate(() => performance.timeOrigin);
  const openTickets = async (): Promise<readonly Ticket[]> =>
    (await fleet.get<ListOf<Ticket>>("tickets?state=open")).items;
  const machineRows = async (): Promise<readonly MachineRow[]> =>
    (await fleet.get<ListOf<MachineRow>>("machines?sort=openTickets&order=desc")).items;
  const ticketNow = (): Promise<Ticket> => fleet.get<Ticket>(`tickets/${ticket.ticketId}`);
  /** What is visible there; the empty text when nothing is. */
  const text = async (page: Page, selector: string): Promise<string> =>
    (await page.locator(selector).allInnerTexts()).join("\n");

  beforeAll(async () => {
    [fleet, browser] = await Promise.all([startDemoFleet(), startChromium()]);
    for (const view of views)
      visitors.set(keyOf(view), await Visitor.arrive(browser, { url: fleet.url, view }));
  });

  afterAll(async () => {
    await browser?.close();
    const ended = await fleet?.stop();
    expect(ended?.code).toBe(0);
  });

  afterEach(() => {
    for (const [name, visitor] of visitors)
      expect(visitor.complaints(), `what the console of ${name} said`).toEqual([]);
  });

  byView(`logs in with the printed password, ${inEveryView}`, async (view) => {
    const visitor = visitorOf(view);
    const page = await visitor.open("/tickets");
    const form = page.getByTestId("login");
    await form.waitFor();
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "login");
    await form.locator("[name=username]").fill("admin");
    await form.locator("[name=password]").fill(fleet.adminPassword);
    await form.locator("[type=submit]").click();
    await page
      .getByRole("heading", { level: 1, name: translate(view.language, "tickets") })
      .waitFor();
    await page.locator("#main .empty").waitFor();
    expect(await openTickets()).toEqual([]);
    expect(await shownTickets(page)).toEqual([]);
    openLists.set(keyOf(view), { page, loadedAt: await loadedAt(page) });
  });

  byView(`lists the fleet, ${inEveryView}`, async (view) => {
    const visitor = visitorOf(view);
    const page = await visitor.open("/");
    const rows = await untilSame(
      "the fleet",
      () => shownFleet(page),
      async () => expectedFleet(view.language, await machineRows()),
    );
    expect(rows).toHaveLength(3);
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "fleet");
    await page.close();
  });

  byView(`has a quarantine with nothing in it, ${inEveryView}`, async (view) => {
    const visitor = visitorOf(view);
    const page = await visitor.open("/quarantine");
    await page.getByText(translate(view.language, "nothingQuarantined")).waitFor();
    expect(await fleet.get("quarantine")).toEqual({ items: [], next: null });
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "quarantine");
    await page.close();
  });

  byView(`shows a machine as it lives, ${inEveryView}`, async (view) => {
    const { language } = view;
    const visitor = visitorOf(view);
    const page = await visitor.open("/");
    await page.locator(`[data-machine-id=${failing}] th a`).click();
    const signals = () => fleet.get<ListOf<SignalNow>>(`machines/${failing}/signals`);
    const rows = await untilSame(
      "names, units and qualities",
      () => shownSignals(page),
      async () => expectedSignals(language, (await signals()).items),
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ quality }) => quality === "good").length).toBeGreaterThan(10);

    await eventually("charts", async () => (await chartsOn(page)).some(({ t }) => t.length > 0));
    // Once the reader has chosen, a ticket that opens meanwhile changes no chart.
    await page.getByTestId("signals").locator("input:checked").last().uncheck();
    const drawnBefore = await eventually("one chart", async () => {
      const now = await chartsOn(page);
      return now.length === 1 && now;
    });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const before = await shownValues(page);
    const after = await eventually("live values to go on", async () => {
      const now = await shownValues(page);
      return now.filter(({ t }, row) => t > (before[row]?.t ?? "")).length > 5 && now;
    });
    const decimals = new Map((await signals()).items.map((one) => [one.name, one.decimals]));
    for (const shown of [...before, ...after])
      await expectStored({ ...shown, decimals: decimals.get(shown.name) ?? 2 }, language);

    const drawn = await eventually("charts to grow by several points", async () => {
      const now = await chartsOn(page);
      const hasGrown = now.every(({ t }, row) => t.length >= (drawnBefore[row]?.t.length ?? 0) + 3);
      return now.length > 0 && hasGrown && now;
    });
    expect(asked.filter((url) => url.includes("/series"))).toEqual([]);
    expect(drawn.map(({ signal }) => signal)).toEqual(drawnBefore.map(({ signal }) => signal));
    for (const [row, chart] of drawn.entries()) {
      expect(chart.image).not.toBe(drawnBefore[row]?.image);
      const stored = await fleet.get<Series>(`machines/${failing}/series?signal=${chart.signal}`);
      const at = new Map(stored.t.map((t, n) => [Date.parse(t) / 1000, stored.value[n]]));
      const [t, value] = [chart.t.slice(0, -3), chart.value.slice(0, -3)];
      expect(t.map((seconds) => at.get(seconds))).toEqual(value);
    }

    const first = await untilSame(
      "the ledger",
      () => shownLedger(page),
      async () => expectedLedger(language, await ledgerOf(failing)),
    );
    const later = await eventually("the ledger to move on", async () => {
      const now = await shownLedger(page);
      return now.produced !== first.produced && now;
    });
    expect(later.lost).toBe("0");
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "machine");
    await page.close();
  });

  const ledgerOf = (machine: string) => fleet.get<LedgerCounts>(`machines/${machine}/ledger`);

  /** A value on the page is one the store has, at that stamp, and is printed as that number. */
  async function expectStored(
    { name, t, value, text: print, decimals }: LiveValue & { decimals: number },
    language: Language,
  ): Promise<void> {
    if (t === "") return;
    const to = new Date(Date.parse(t) + 2).toISOString();
    const stored = await eventually(`${name} at ${t} in the store`, async () => {
      const series = await fleet.get<Series>(
        `machines/${failing}/series?signal=${name}&from=${t}&to=${to}`,
      );
      const row = series.t.indexOf(t);
      return row >= 0 && { value: series.value[row] };
    });
    expect({ name, value, print }).toEqual({
      name,
      value: stored.value,
      print: value === null ? "" : printedNumber(language, value, decimals),
    });
  }

  test("a ticket and its parts ticket arise by themselves", async () => {
    const found = await eventually(
      "two open tickets",
      async () => {
        const open = await openTickets();
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
      async () => expectedTickets(view.language, await openTickets()),
    );
    expect(rows).toHaveLength(2);
    expect(await loadedAt(list.page)).toBe(list.loadedAt);
    expect(await overflowOf(list.page)).toBe(0);
    await visitorOf(view).show(list.page, "tickets");
  });

  byView(`tells what is wrong and what to bring, ${inEveryView}`, async (view) => {
    const { language } = view;
    const list = openLists.get(keyOf(view));
    if (!list) throw new Error("the list was not opened");
    const { page } = list;
    await page.locator(`[data-ticket-id=${ticket.ticketId}] a`).first().click();
    await page.getByTestId("parts").waitFor();
    // The ticket may gain evidence between two reads.
    await vi.waitFor(() => expectTicket(page, language), { timeout: 30_000, interval: 200 });
    expect(await overflowOf(page)).toBe(0);
    await visitorOf(view).show(page, "ticket");
    ticketPages.set(keyOf(view), { page, loadedAt: await loadedAt(page) });
  });

  /** The ticket page says all that the interface says of the ticket, its evidence and its reserved part. */
  async function expectTicket(page: Page, language: Language): Promise<void> {
    const now = await ticketNow();
    expect(await text(page, "h1")).toBe(now.title[language]);
    const { items } = await fleet.get<ListOf<SignalNow>>(`machines/${failing}/signals`);
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

    const [parts] = (await openTickets()).filter(({ kind }) => kind === "parts");
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
    const visitor = visitorOf(view);
    const page = await visitor.open("/");
    const rows = await untilSame(
      "the fleet",
      () => shownFleet(page),
      async () => expectedFleet(language, await machineRows()),
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
      async () => expectedTickets(language, await openTickets(), { isOfOneMachine: true }),
    );
    expect(await page.title()).toBe(`(1) ${failing} · ${translate(language, "product")}`);
    await eventually("charts", async () => (await chartsOn(page)).some(({ t }) => t.length > 0));
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "machine-with-ticket");
    await page.close();
  });

  test("a viewer reads the ticket and cannot acknowledge it", async () => {
    const headers = { authorization: `Bearer ${await fleet.token("viewer")}` };
    const refusal = await fetch(`${fleet.url}/api/v1/tickets/${ticket.ticketId}/acknowledge`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: "{}",
    });
    expect(refusal.status).toBe(403);
    expect(await refusal.json()).toMatchObject({ code: "NOT_ALLOWED" });

    const view = { language: "en", width: 1920 } as const;
    const visitor = await Visitor.arrive(browser, { url: fleet.url, view, headers });
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
      const [language] = name.split(" ") as [Language];
      const state = translate(language, "state.acknowledged");
      await open.page.locator(".over-title .state", { hasText: state }).waitFor();
      expect(await open.page.getByTestId("acknowledge").count()).toBe(0);
      await open.page.locator("[data-event=acknowledged]").waitFor();
      expect(await loadedAt(open.page)).toBe(open.loadedAt);
    }
  });

  byView(`shows who took it on, ${inEveryView}`, async (view) => {
    const page = ticketPages.get(keyOf(view))?.page as Page;
    expect(await text(page, "[data-event=acknowledged]")).toContain("admin");
    expect(await overflowOf(page)).toBe(0);
    await visitorOf(view).show(page, "ticket-acknowledged");
  });

  test("one closes it with what was found, and its parts ticket with it", async () => {
    const view = { language: "en", width: 390 } as const;
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
    expect(await fleet.get<Ticket>(`tickets/${ticket.childIds[0]}`)).toMatchObject({
      state: "closed",
      parts: [{ state: "consumed" }],
    });
    await page.getByText("Bladder replaced, pre-charged to 110 bar.").waitFor();
    await visitorOf(view).show(page, "ticket-closed");
  });

  test("the language is switched at once, and remembered", async () => {
    const view = { language: "en", width: 1920 } as const;
    const page = await visitorOf(view).open("/");
    const navigation = page.locator("nav");
    await page.getByTestId("fleet").waitFor();
    expect(await text(page, "nav")).toContain("Fleet");
    await page.locator("[data-language=zh-CN]").click();
    await navigation.getByText("工单").waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-CN");
    expect(await text(page, "#main")).not.toMatch(/\b(Health|Machine|Tickets)\b/);
    await page.reload();
    await navigation.getByText("工单").waitFor();
    await page.locator("[data-language=en]").click();
    await navigation.getByText("Tickets").waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
    await page.close();
  });

  test.for(languages)("a wrong password is refused in plain words, %s", async (language) => {
    const view = { language, width: 390 } as const;
    const visitor = visitorOf(view);
    await ticketPages.get(keyOf(view))?.page.close();
    const page = await visitor.open("/");
    await page.getByTestId("log-out").click();
    const form = page.getByTestId("login");
    await form.locator("[name=username]").fill("admin");
    await form.locator("[name=password]").fill(`${fleet.adminPassword}x`);
    await form.locator("[type=submit]").click();
    const sentence = { en: "User name or password is wrong.", "zh-CN": "用户名或密码错误。" };
    await form.getByRole("alert").getByText(sentence[language]).waitFor();
    expect(await page.getByTestId("fleet").count()).toBe(0);
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "login-refused");
    await page.close();
  });

  test("a page says that the line is down, and keeps what it showed", async () => {
    const view = { language: "zh-CN", width: 1920 } as const;
    const visitor = visitorOf(view);
    const page = await visitor.open("/");
    await eventually("the fleet", async () => (await shownFleet(page)).length === 3);
    expect((await fleet.stop()).code).toBe(0);
    await page.getByTestId("connection-lost").waitFor();
    expect(await shownFleet(page)).toHaveLength(3);
    await visitor.show(page, "connection-lost");
    await page.close();
    // Every attempt to come back is reported by Chromium, while the hub stops (503) and after; nothing else may be.
    const isAttempt = (said: string) => /net::ERR_|503.*\/events\?/.test(said);
    for (const one of visitors.values())
      expect(one.complaints().filter((said) => !isAttempt(said))).toEqual([]);
  });
});
