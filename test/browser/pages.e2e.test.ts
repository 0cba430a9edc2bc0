import { isDeepStrictEqual } from "node:util";
import { translate } from "@firebreak/dashboards/web/i18n/language.ts";
import type { Language } from "@firebreak/dashboards/web/i18n/messages.ts";
import type { LedgerCounts, ListOf, Series, SignalNow } from "@firebreak/dashboards/web/types.ts";
import { describe, expect, test } from "vitest";
import { eventually } from "../product.fixture.ts";
import { failing, inEveryView, Readers, someViews, text } from "./readers.fixture.ts";
import {
  expectedFleet,
  expectedLedger,
  expectedSignals,
  type LiveValue,
  printedNumber,
  shownFleet,
  shownLedger,
  shownSignals,
  shownTickets,
  shownValues,
} from "./shown.fixture.ts";
import { chartsOn, hasChromium, overflowOf, untilSame } from "./visitor.fixture.ts";

const byView = test.for(someViews);

describe.skipIf(!hasChromium())("pages in Chromium", () => {
  // Nothing fails here; what comes of a fault is shown on the pages of tickets.
  const readers = Readers.ofSuite(["--fault-after", "86400"]);

  byView(`logs in with the printed password, ${inEveryView}`, async (view) => {
    const visitor = readers.of(view);
    const page = await visitor.open("/tickets");
    const form = page.getByTestId("login");
    await form.waitFor();
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "login");
    await readers.logIn(page);
    await page
      .getByRole("heading", { level: 1, name: translate(view.language, "tickets") })
      .waitFor();
    await page.locator("#main .empty").waitFor();
    expect(await readers.openTickets()).toEqual([]);
    expect(await shownTickets(page)).toEqual([]);
    await page.close();
  });

  byView(`lists the fleet, ${inEveryView}`, async (view) => {
    const visitor = readers.of(view);
    const page = await visitor.open("/");
    await eventually("the fleet", async () => (await readers.machineRows()).length === 3);
    const rows = await untilSame(
      "the fleet",
      () => shownFleet(page),
      async () => expectedFleet(view.language, await readers.machineRows()),
    );
    expect(rows).toHaveLength(3);
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "fleet");
    await page.close();
  });

  byView(`has a quarantine with nothing in it, ${inEveryView}`, async (view) => {
    const visitor = readers.of(view);
    const page = await visitor.open("/quarantine");
    await page.getByText(translate(view.language, "nothingQuarantined")).waitFor();
    expect(await readers.fleet.get("quarantine")).toEqual({ items: [], next: null });
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "quarantine");
    await page.close();
  });

  // All at once: each waits for what the machine does next.
  test.concurrent.for(someViews)(`shows a machine as it lives, ${inEveryView}`, async (view) => {
    const { language } = view;
    const visitor = readers.of(view);
    const page = await visitor.open("/");
    let ledger: LedgerCounts | undefined;
    page.on("response", async (answer) => {
      if (new URL(answer.url()).pathname.endsWith(`/machines/${failing}/ledger`))
        ledger = await answer.json().catch(() => ledger);
    });
    await page.locator(`[data-machine-id=${failing}] th a`).click();
    const signals = () => readers.fleet.get<ListOf<SignalNow>>(`machines/${failing}/signals`);
    await eventually("good values of more than ten signals", async () => {
      const rows = await untilSame(
        "names, units and qualities",
        () => shownSignals(page),
        async () => expectedSignals(language, (await signals()).items),
      );
      return rows.filter(({ quality }) => quality === "good").length > 10;
    });

    await eventually("charts", async () => (await chartsOn(page)).some(({ t }) => t.length > 0));
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
      await eventually("the store to have what was drawn", async () => {
        const stored = await readers.fleet.get<Series>(
          `machines/${failing}/series?signal=${chart.signal}`,
        );
        const at = new Map(stored.t.map((t, n) => [Date.parse(t) / 1000, stored.value[n]]));
        return isDeepStrictEqual(
          chart.t.map((seconds) => at.get(seconds)),
          chart.value,
        );
      });
    }

    const first = await untilSame(
      "the ledger",
      () => shownLedger(page),
      // It moves all the time: what counts is what the page was told.
      async () => (ledger ? expectedLedger(language, ledger) : {}),
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

  /** A value on the page is one the store has, at that stamp, and is printed as that number. */
  async function expectStored(
    { name, t, value, text: print, decimals }: LiveValue & { decimals: number },
    language: Language,
  ): Promise<void> {
    if (t === "") return;
    const to = new Date(Date.parse(t) + 2).toISOString();
    const stored = await eventually(`${name} at ${t} in the store`, async () => {
      const series = await readers.fleet.get<Series>(
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

  test("the language is switched at once, and remembered", async () => {
    const view = { language: "en", width: 1920 } as const;
    const page = await readers.of(view).open("/");
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

  byView(`a wrong password is refused in plain words, ${inEveryView}`, async (view) => {
    const visitor = readers.of(view);
    const page = await visitor.open("/");
    // What is still asked for while somebody logs out is refused, and the console says so.
    await page.getByTestId("fleet").locator("tbody tr").first().waitFor();
    await page.locator("[data-field=machines]", { hasText: "3" }).waitFor();
    await page.getByTestId("log-out").click();
    const form = page.getByTestId("login");
    await readers.logIn(page, `${readers.fleet.adminPassword}x`);
    const sentence = { en: "User name or password is wrong.", "zh-CN": "用户名或密码错误。" };
    await form.getByRole("alert").getByText(sentence[view.language]).waitFor();
    expect(await page.getByTestId("fleet").count()).toBe(0);
    expect(await overflowOf(page)).toBe(0);
    await visitor.show(page, "login-refused");
    await page.close();
  });

  test("a page says that the line is down, and keeps what it showed", async () => {
    const visitor = readers.of({ language: "zh-CN", width: 390 });
    const page = await visitor.open("/");
    await readers.logIn(page);
    await eventually("the fleet", async () => (await shownFleet(page)).length === 3);
    expect((await readers.fleet.stop()).code).toBe(0);
    await page.getByTestId("connection-lost").waitFor();
    expect(await shownFleet(page)).toHaveLength(3);
    await visitor.show(page, "connection-lost");
    await page.close();
    // Whatever is asked of a hub that stops (503), and after, is reported by Chromium; nothing else may be.
    const isAttempt = (said: string) => /net::ERR_|\b503\b/.test(said);
    for (const one of readers.visitors.values())
      expect(one.complaints().filter((said) => !isAttempt(said))).toEqual([]);
  });
});
