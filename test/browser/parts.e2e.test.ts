import type { Language } from "@firebreak/dashboards/web/i18n/messages.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { someViews } from "./readers.fixture.ts";
import { hasChromium, overflowOf, startChromium, type View, Visitor } from "./visitor.fixture.ts";

const partNo = "FB-LT-OP-01";

interface ListOf<Item> {
  readonly items: readonly Item[];
}
interface Stock {
  readonly onHand: number;
  readonly reserved: number;
}
interface PartsTicket {
  readonly ticketId: string;
  readonly state: string;
}
interface Transfer {
  readonly transferId: string;
  readonly state: string;
  readonly isGreen: boolean;
  readonly ticketId?: string;
}
interface Loan {
  readonly loanId: string;
  readonly state: string;
  readonly ticketId: string;
}
interface Plan {
  readonly planId: string;
  readonly state: string;
  readonly lines: readonly { readonly partNo: string; readonly regionId: string }[];
}

describe.skipIf(!hasChromium())("parts", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("parts"), args: ["--no-simulator"] });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const headers = () => ({ authorization: `Bearer ${hub.token}` });
  const arrive = (view: View) =>
    Visitor.arrive(browser, { url: hub.url, view, headers: headers() });
  const stockAt = async (place: string): Promise<Stock> => {
    const list = await hub.get<ListOf<Stock>>(`stock?part=${partNo}&location=${place}`);
    return list.items[0] ?? { onHand: 0, reserved: 0 };
  };
  const ordered = async <Answer>(path: string, body: object): Promise<Answer> => {
    const reply = await hub.post(path, body);
    if (!reply.ok) throw new Error(`POST ${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as Answer;
  };
  const shown = async (page: Page, row: string, field: string): Promise<number> =>
    Number(
      await page
        .locator(`[data-testid=places] [data-row="${row}"] [data-field=${field}]`)
        .getAttribute("data-value"),
    );
  const finish = async (visitor: Visitor, page: Page, name: string) => {
    expect(await overflowOf(page), name).toBe(0);
    await visitor.show(page, name);
    expect(visitor.complaints(), name).toEqual([]);
  };

  test("stock is received and moved, a ticket is served, the loan comes back", async () => {
    const view: View = { language: "zh-CN", width: 1920 };
    const visitor = await arrive(view);
    const page = await visitor.open(`/parts/${partNo}`);
    // No form before it is known what lies there: what was typed before would not be about that.
    const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
    await page.route(/\/api\/v1\/stock\?/, async (route) => {
      await mayAnswer;
      await route.continue();
    });
    const places = page.waitForResponse(/\/stock-locations/);
    await page.reload();
    await places;
    await page.getByTestId("change-part").waitFor();
    expect(await page.getByTestId("stock-order").count()).toBe(0);
    answer();
    const before = await stockAt("rc-central");
    await page.locator("[data-testid=stock-form] [name=location]").selectOption("rc-central");
    await page.locator("[data-testid=stock-form] [name=quantity]").fill("5");
    await page.locator("[data-testid=stock-form] button[type=submit]").click();
    await page.getByTestId("stock-said").waitFor();
    const after = await stockAt("rc-central");
    expect(after.onHand).toBe(before.onHand + 5);
    await eventually(
      "the page to show it",
      async () => (await shown(page, "rc-central", "onHand")) === after.onHand,
    );
    await page.getByTestId("change-part").click();
    await page.locator("[data-testid=part-form] [name=price]").fill("1234.5");
    await page.locator("[data-testid=part-form] button[type=submit]").click();
    await page.getByTestId("part-form").waitFor({ state: "detached" });
    await eventually("the price to be shown", async () =>
      (await page.locator("[data-testid=part-facts] [data-field=price]").textContent())?.includes(
        "1,234.50",
      ),
    );
    expect(await hub.get(`parts/${partNo}`)).toMatchObject({ unitPriceFen: 123_450 });

    const total = (await hub.get<{ onHand: number }>(`parts/${partNo}`)).onHand;
    const newest = page.locator("[data-testid=stock-ledger] tbody tr").first();
    await newest.locator("[data-field=kind][data-value=receipt]").waitFor();
    await newest.locator(`[data-field=balance][data-value="${total}"]`).waitFor();

    const job = await ordered<PartsTicket>("tickets", {
      machineId: "LT-1",
      title: "Oil pump",
      priority: "major",
    });
    await ordered(`stock/${partNo}/chengdu/policy`, { min: 2, target: 3, max: 4 });
    const asked = await ordered<PartsTicket>(`tickets/${job.ticketId}/parts/request`, {
      lines: [{ partNo, quantity: 1 }],
    });
    const now = () => hub.get<PartsTicket>(`tickets/${asked.ticketId}`);
    const requests = await visitor.open("/transfers?view=requests");
    const row = requests.locator(`[data-row="${asked.ticketId}"]`);
    await row.waitFor();
    if ((await now()).state === "requested") await row.getByTestId("step-approve").click();
    await eventually("it is reserved", async () => (await now()).state === "reserved");
    const transfers = await hub.get<ListOf<Transfer>>(`transfers?ticket=${asked.ticketId}`);
    const [transfer] = transfers.items;
    if (!transfer) throw new Error("the part does not lie at the destination");
    const moves = await visitor.open("/transfers");
    const move = moves.locator(`[data-row="${transfer.transferId}"]`);
    await move.waitFor();
    await finish(visitor, moves, "transfers-open");
    for (const step of [...(transfer.isGreen ? [] : ["approve"]), "pick", "send", "receive"])
      await move.getByTestId(`step-${step}`).click();
    await eventually("it has arrived", async () => (await now()).state === "ready");
    await row.getByTestId("step-hand-out").click();
    await row.locator("[name=engineerId]").fill("E-17");
    await finish(visitor, requests, "requests-hand-out");
    await row.locator("[data-testid=hand-out-form] button[type=submit]").click();
    await eventually("it is handed out", async () => (await now()).state === "loaned");

    const [loan] = (await hub.get<ListOf<Loan>>("part-loans?open=true&engineer=E-17")).items;
    const loans = await visitor.open("/transfers?view=loans");
    const lent = loans.locator(`[data-row="${loan?.loanId}"]`);
    await lent.waitFor();
    await finish(visitor, loans, "loans-open");
    await lent.getByTestId("step-return").click();
    await eventually("the loan is over", async () => {
      const { items } = await hub.get<ListOf<Loan>>("part-loans?engineer=E-17");
      return items[0]?.state === "closed";
    });
    await lent.waitFor({ state: "detached" });
    expect((await stockAt("rc-central")).onHand).toBe(after.onHand - 1);
    await visitor.leave();
  });

  test("a plan without assumptions is not handed in; with one it is approved and released", async () => {
    const view: View = { language: "en", width: 390 };
    const visitor = await arrive(view);
    const page = await visitor.open("/plans");
    await page.locator("[data-testid=draft-form] [name=type]").selectOption("non_core");
    await page.locator("[data-testid=draft-form] button[type=submit]").click();
    await page.getByTestId("obstacle").waitFor();
    expect(await page.getByTestId("step-review").count()).toBe(0);
    await finish(visitor, page, "plan-without-assumption");
    const [draft] = (await hub.get<ListOf<Plan>>("parts-plans?type=non_core")).items;
    const [line] = draft?.lines ?? [];
    const row = page.locator(`[data-row="${line?.partNo}@${line?.regionId}"]`);
    const check = row.locator("[data-field=check]");
    expect(await check.getAttribute("data-value")).toBe("plausible");
    await row.locator("[name=quantity]").fill("99999");
    await row.locator("[data-testid=quantity-form] button").click();
    await row.locator("[data-field=check][data-value=above-upper]").waitFor();
    await row.getByTestId("chart").click();
    await page.locator(".forecast-chart canvas").waitFor();
    const form = page.getByTestId("assume-form");
    await form.locator("[name=name]").fill("Hours as last month");
    await form.locator("[name=value]").fill("1");
    await form.locator("[name=source]").fill("telemetry");
    await form.locator("button[type=submit]").click();
    for (const step of ["review", "approve", "release"])
      await page.getByTestId(`step-${step}`).click();
    await page.locator("[data-testid=plan-state][data-value=released]").waitFor();
    const [plan] = (await hub.get<ListOf<Plan>>("parts-plans?type=non_core")).items;
    expect(plan?.state).toBe("released");
    await finish(visitor, page, "plan-released");
    await visitor.leave();
  });

  test.for(someViews)("every page reads well, $language at $width px", async (view) => {
    const visitor = await arrive(view);
    const [plan] = (await hub.get<ListOf<Plan>>("parts-plans")).items;
    const pages: [name: string, path: string, ready: string][] = [
      ["parts", "/parts", "parts-master"],
      ["stock-outside", "/parts?view=stock&band=outside", "stock"],
      ["part", `/parts/${partNo}`, "stock-ledger"],
      ["requests", "/transfers?view=requests", "requests"],
      ["transfers", "/transfers?state=all", "transfers"],
      ["loans", "/transfers?view=loans&state=all", "loans"],
      ["plans", "/plans", "plans"],
      ["plan", `/plans/${plan?.planId}`, "plan-lines"],
    ];
    for (const [name, path, ready] of pages) {
      const page = await visitor.open(path);
      await page.locator(`[data-testid=${ready}]:not([aria-busy=true])`).waitFor();
      if (name === "plan" && (await page.getByTestId("forecast").count()) > 0)
        await page.locator(".forecast-chart canvas").waitFor();
      if (view.language === "zh-CN") await expectChinese(page);
      await finish(visitor, page, name);
      await page.close();
    }
    await visitor.leave();
  });

  test("who only reads sees no buttons", async () => {
    const token = await viewerToken();
    const view: View = { language: "en" satisfies Language, width: 1920 };
    const visitor = await Visitor.arrive(browser, {
      url: hub.url,
      view,
      headers: { authorization: `Bearer ${token}` },
    });
    const page = await visitor.open(`/parts/${partNo}`);
    await page.getByTestId("places").waitFor();
    expect(await page.getByTestId("stock-order").count()).toBe(0);
    const plans = await visitor.open("/plans");
    await plans.getByTestId("plans").waitFor();
    expect(await plans.getByTestId("draft-form").count()).toBe(0);
    expect(visitor.complaints()).toEqual([]);
    await visitor.leave();
  });

  async function viewerToken(): Promise<string> {
    const { runCli } = await import("../product.fixture.ts");
    return (await runCli(["token", "--data", hub.data, "--role", "viewer"])).stdout.trim();
  }

  const expectChinese = async (page: Page) =>
    expect(await page.locator("#main").textContent()).not.toMatch(
      /\b(Reserved|On hand|Stock|Transfer|Plan|Region|Draft|Approve)\b/,
    );
});
