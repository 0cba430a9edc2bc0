import { join } from "node:path";
import { openDatabase, type Transaction } from "@firebreak/kit/database.ts";
import type { LessonsTables } from "@firebreak/tickets/lessons/lessons-tables.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { hasChromium, overflowOf, startChromium, type View, Visitor } from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  { language: "en", width: 1920 },
];
const at = "2026-03-02T08:00:00.000Z";

interface RecordSaid {
  readonly judged: number;
  readonly precision: number;
  readonly recall: number;
  readonly leadDays: { readonly median: number };
}
interface Said<Item> {
  readonly items: readonly (Item & Readonly<Record<string, unknown>>)[];
}
type Rules = Said<{ readonly mode: string; readonly record: RecordSaid }>;

/** A rule that was mostly wrong, as the reports of four tickets would leave it behind. */
const verdictRows = () =>
  ["true_positive", "false_positive", "false_positive", "missed"].map((verdict, index) => ({
    ticket_id: `T-${index}`,
    plan_id: "pump-truck",
    rule_id: "oil-pressure-low",
    verdict,
    report_id: `R-${index}`,
    confirmed_fault: null,
    lead_days: verdict === "true_positive" ? 34 : null,
    at,
  }));

/** What one view decides upon: a proposal, a code, a draft and a fault that spread. */
async function seedFor(tx: Transaction, width: number, record: RecordSaid | undefined) {
  const tables = tx.tables<LessonsTables>();
  const row = (body: object) => ({
    item_id: `item-${width}`,
    plan_id: "pump-truck",
    open_key: `key-${width}`,
    at,
    body: JSON.stringify(body),
  });
  const proposal = { ...row({ record }), state: "open", rule_id: "oil-pressure-low" };
  await tables.insertInto("rule_proposals").values(proposal).execute();
  const draft = row({
    ticketIds: ["T-0"],
    mode: { name: { en: "Pump worn" } },
    proposedBy: "rnd",
  });
  const inDraft = { ...draft, state: "draft", fault_code: "oil-pump-worn" };
  await tables.insertInto("catalogue_proposals").values(inDraft).execute();
  const spread = row({ machineIds: ["PUMP-001", "PUMP-002", "PUMP-003"] });
  const item = { ...spread, state: "open", model: "FBPT56", fault_code: `seal-leak-${width}` };
  await tables.insertInto("design_feedback").values(item).execute();
  const code = { code_id: `pump-truck:0:${width}:4`, plan_id: "pump-truck", sa: 0, spn: width };
  const seen = { fmi: 4, count: 7, first_seen: at, last_seen: at, state: "open" };
  await tables
    .insertInto("unknown_codes")
    .values({ ...code, ...seen, assigned_to: null, mapped_to: null })
    .execute();
}

async function seed(hub: Hub): Promise<void> {
  const db = openDatabase({ path: join(hub.data, "firebreak.sqlite") });
  try {
    await db.transaction((tx) =>
      tx.tables<LessonsTables>().insertInto("rule_verdicts").values(verdictRows()).execute(),
    );
    const [rule] = (await hub.get<Rules>("lessons/rules")).items;
    for (const { width } of views) await db.transaction((tx) => seedFor(tx, width, rule?.record));
  } finally {
    await db.close();
  }
}

describe.skipIf(!hasChromium())("lessons", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("lessons"), args: ["--no-simulator"] });
    await seed(hub);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  test.for(views)("are shown and decided, $language at $width px", async (view) => {
    const headers = { authorization: `Bearer ${hub.token}` };
    const visitor = await Visitor.arrive(browser, { url: hub.url, view, headers });
    const page = await visitor.open("/lessons");
    const row = (list: string, key: string) =>
      page.getByTestId(list).locator(`[data-row="${key}"]`);
    const give = async (words: Readonly<Record<string, string>>) => {
      const form = page.getByTestId("lesson-order");
      for (const [name, text] of Object.entries(words))
        await form.locator(`[name=${name}]`).fill(text);
      await form.locator("button[type=submit]").click();
      await form.waitFor({ state: "detached" });
    };
    const said = async (path: string, key: string) =>
      (await hub.get<Said<object>>(`lessons/${path}`)).items.find((one) =>
        Object.values(one).includes(key),
      );

    const rule = row("rules", "pump-truck/oil-pressure-low");
    await rule.waitFor();
    const record = (await hub.get<Rules>("lessons/rules")).items[0]?.record;
    const shown = (field: string) =>
      rule.locator(`[data-field=${field}]`).getAttribute("data-value");
    expect(await shown("precision")).toBe(String(record?.precision));
    expect(await shown("recall")).toBe(String(record?.recall));
    expect(await shown("leadDays")).toBe(String(record?.leadDays.median));
    await row("design", `item-${view.width}`).waitFor();
    expect(await overflowOf(page)).toBe(0);

    const itemId = `item-${view.width}`;
    const proposal = row("rule-proposals", itemId);
    await proposal.getByTestId("approve").click();
    await visitor.show(page, "lessons");
    await give({ note: "sensor was moved" });
    await proposal.waitFor({ state: "detached" });
    expect(await said("rule-proposals", itemId)).toMatchObject({ state: "approved" });

    const codeId = `pump-truck:0:${view.width}:4`;
    const code = row("unknown-codes", codeId);
    await code.getByTestId("assign").click();
    await give({ assignedTo: "rnd-1" });
    await code.getByTestId("map").click();
    await give({ failureMode: "oil-pressure-low" });
    await code.locator("[data-field=state][data-value=mapped]").waitFor();
    expect(await said("unknown-codes", codeId)).toMatchObject({
      assignedTo: "rnd-1",
      mappedTo: "oil-pressure-low",
    });

    const link = await row("catalogue", itemId).getByTestId("yaml").getAttribute("href");
    const yaml = await fetch(`${hub.url}${link}`, { headers });
    expect([yaml.status, (await yaml.text()).includes("oil-pump-worn")]).toEqual([200, true]);

    await row("design", itemId).getByTestId("answer").click();
    await give({ note: "new seal", changedAt: "2026-04-01" });
    await row("design", itemId).locator("[data-value=answered]").waitFor();
    expect(await said("design-feedback", itemId)).toMatchObject({
      note: "new seal",
      changedAt: "2026-03-31T16:00:00.000Z",
    });
    await page.locator("[name=part]").fill("KP-A");
    await page.locator("[name=part]").press("Tab");
    await page.getByTestId("no-life").waitFor();
    expect(visitor.complaints()).toEqual([]);
    await visitor.leave();
  });
});
