import { jpegWithPlace } from "@firebreak/tickets/field/media.fixture.ts";
import type { Page } from "playwright-core";
import { sign } from "../browser/sign.fixture.ts";
import { sensorPart } from "./thread-world.fixture.ts";

/** What people type, in their language. */
export const wordsOf = {
  "zh-CN": {
    judgement: "机油压力传感器损坏",
    handling: "更换传感器，插头清洁",
    symptom: "机油压力无数值，故障灯亮",
    solution: "更换机油压力传感器",
    prevention: "清洗时避开传感器插头",
    notNeeded: "无需更换",
    called: "客户确认已恢复正常",
    phoned: "拖拉机发动机无法提速",
    fuel: "燃油滤清器堵塞",
    filter: "更换燃油滤清器",
  },
  en: {
    judgement: "The oil pressure sensor is broken",
    handling: "Sensor replaced, plug cleaned",
    symptom: "No oil pressure shown, lamp lit",
    solution: "Oil pressure sensor replaced",
    prevention: "Keep the jet off the plug when washing",
    notNeeded: "Not needed",
    called: "The customer says that it works again",
    phoned: "The engine does not rev up",
    fuel: "The fuel filter is clogged",
    filter: "Fuel filter replaced",
  },
} as const;
export type Words = (typeof wordsOf)["en" | "zh-CN"];

/** Chosen on the board and given to whoever is suggested; gives who that is. */
export async function assignOnBoard(page: Page, ticketId: string): Promise<string | null> {
  const card = page.locator(`[data-row="${ticketId}"]`);
  await card.getByTestId("acknowledge").click();
  await card.getByTestId("choose-ticket").click();
  const suggested = page.getByTestId("assign-panel").locator(".crew-row.suggested");
  await suggested.waitFor();
  const engineerId = await suggested.getAttribute("data-row");
  await card.locator(".state.acknowledged").waitFor();
  await suggested.getByTestId("assign").click();
  await card.waitFor({ state: "detached" });
  return engineerId;
}

export async function logIn(page: Page, username: string, password: string): Promise<void> {
  await page.locator("[name=username]").fill(username);
  await page.locator("[name=password]").fill(password);
  await page.getByTestId("login").getByRole("button").first().click();
}

/** On the phone: there, by its position; secured, and at work. */
export async function arriveAndBegin(page: Page): Promise<void> {
  await page.getByTestId("arrive").click();
  const ticks = page.locator("[name=safety]");
  await ticks.first().waitFor();
  for (const tick of await ticks.all()) await tick.check();
  await page
    .locator("[data-testid=photos-site] input")
    .setInputFiles({ name: "site.jpg", mimeType: "image/jpeg", buffer: jpegWithPlace });
  await page.locator("[data-state] img").waitFor();
  await page.getByTestId("start-work").click();
}

export interface Repair {
  readonly judgement: string;
  readonly handling: string;
  readonly symptom: string;
  readonly solution: string;
  readonly prevention: string;
  /** Of the plan's catalogue; absent: what is not in it. */
  readonly cause?: { readonly faultCode: string; readonly causeId: string };
  readonly partNo?: string;
}

export const sensorRepair = ({
  judgement,
  handling,
  symptom,
  solution,
  prevention,
}: Words): Repair => ({
  judgement,
  handling,
  symptom,
  solution,
  prevention,
  cause: { faultCode: "engine-oil-pressure-sensor", causeId: "sensor-broken" },
  partNo: sensorPart,
});

/** On the phone: what was done, checked, reported and signed. */
export async function repairAndReport(page: Page, repair: Repair): Promise<void> {
  const attempt = page.getByTestId("attempt-form");
  await attempt.locator("[name=judgement]").fill(repair.judgement);
  await attempt.locator("[name=handling]").fill(repair.handling);
  await attempt.locator("[name=result][value=fixed]").check();
  await attempt.locator("button[type=submit]").click();
  await page.getByTestId("finish").click();
  await page.locator("[data-testid=finish-form] [name=checked]").check();
  await page.locator("[data-testid=finish-form] button[type=submit]").click();
  const report = page.getByTestId("report");
  for (const [name, text] of [
    ["symptom", repair.symptom],
    ["solution", repair.solution],
    ["preventionAdvice", repair.prevention],
    ["labourHours", "1.5"],
    ["travelKm", "40"],
  ] as const)
    await report.locator(`[name=${name}]`).fill(text);
  const { cause } = repair;
  await report.locator("[name=faultCode]").selectOption(cause?.faultCode ?? "uncatalogued");
  if (cause) await report.locator("[name=causeId]").selectOption(cause.causeId);
  if (repair.partNo !== undefined) {
    await page.getByTestId("add-part").click();
    const part = page.getByTestId("add-part-form");
    await part.locator("[name=partNo]").fill(repair.partNo);
    await part.locator("button[type=submit]").click();
  }
  await report.locator("[name=machineStateNormal]").check();
  await sign(page);
  await page.getByTestId("hand-in").click();
  await page.locator("[data-testid=report][data-state=handed-in]").waitFor();
}

/** Every one of these orders stands on the ticket's page as a button, some with a form. */
export async function orderOnPage(
  page: Page,
  name: string,
  answers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const button = page.locator(`[data-order="${name}"]`);
  await button.waitFor({ state: "attached" });
  if (!(await button.isVisible())) await page.locator(".more-orders summary").click();
  await button.click();
  for (const [field, text] of Object.entries(answers))
    await page.locator(`[data-testid=order-form] [name=${field}]`).fill(text);
  if (Object.keys(answers).length > 0)
    await page.locator("[data-testid=actions] button[type=submit]").click();
}

/** A person calls the customer, who says that it is solved. */
export async function callCustomer(page: Page, ticketId: string, note: string): Promise<void> {
  const row = page.locator("[data-testid=calls] tbody tr", { hasText: ticketId });
  await row.locator("[data-order=call]").click();
  await page.locator("[name=reached][value=yes]").check({ force: true });
  await page.locator("[name=outcome][value=solved]").check({ force: true });
  await page.locator("[name=note]").fill(note);
  await page.getByTestId("call-form").locator("button.strong").click();
  await row.waitFor({ state: "detached" });
}
