import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ListOf } from "@firebreak/dashboards/web/types.ts";
import { writeSheets } from "@firebreak/tickets/exchange/sheet-tasks.ts";
import type { Browser, Page } from "playwright-core";
import { encode } from "uqr";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { hasChromium, overflowOf, startChromium, type View, Visitor } from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  { language: "en", width: 1920 },
];
const pages = ["/customers", "/customers/C-001", "/machine-files", "/machine-files/PUMP-001"];
const morePages = ["/regions", "/people", "/people/E-001", "/exchange", "/audit", "/channels"];

describe.skipIf(!hasChromium())("organisation", () => {
  let hub: Hub;
  let browser: Browser;
  let password: string;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("organisation"), args: ["--no-simulator"] });
    browser = await startChromium();
    const reply = await hub.post("users/admin/reset-password", {});
    password = ((await reply.json()) as { password: string }).password;
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const arrive = async (view: View, path: string) => {
    const visitor = await Visitor.arrive(browser, { url: hub.url, view });
    const page = await visitor.open(path);
    await page.locator("[name=username]").fill("admin");
    await page.locator("[name=password]").fill(password);
    await page.getByTestId("login").getByRole("button").first().click();
    await page.getByTestId("log-out").waitFor();
    return { visitor, page };
  };
  const choose = async (page: Page, rows: string[][]) =>
    page.getByTestId("import-file").setInputFiles({
      name: "engineers.xlsx",
      mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      buffer: await writeSheets("xlsx", [{ name: "engineers", rows }]),
    });

  test.for(views)(
    "a list with mistakes tells row and column; corrected it brings an engineer who can be assigned, $language at $width px",
    async (view) => {
      const engineerId = `N-${view.width}`;
      const { visitor, page } = await arrive(view, "/exchange");
      await page.getByTestId("import").locator("[name=list]").selectOption("engineers");
      const header = [
        "工程师编号",
        "姓名",
        "服务站编号",
        "技术等级",
        "技能机型",
        "故障类别",
        "资质证书",
      ];
      const row = [
        engineerId,
        "周新",
        "changsha",
        "高级",
        "loader_tractor",
        "液压类",
        "loader_tractor:2099-12-31",
      ];
      await choose(page, [header, row.with(3, "大师"), row.with(0, "不 行")]);
      const faults = page.getByTestId("faults").locator("tbody tr [data-field=row]");
      await faults.first().waitFor();
      const places = await faults.evaluateAll((cells) =>
        cells.map((cell) => cell.getAttribute("data-value")),
      );
      expect(places).toEqual(expect.arrayContaining(["D2", "A3"]));
      expect(await page.getByTestId("import-now").count()).toBe(0);
      expect(await overflowOf(page)).toBe(0);
      await visitor.show(page, "exchange-mistakes");

      await choose(page, [header, row]);
      await page.getByTestId("import-now").click();
      await page.getByTestId("imported").waitFor();
      await page.goto(`${hub.url}/people`);
      const found = page.locator(`[data-testid=engineers] tr[data-row="${engineerId}"]`);
      await found.locator("[data-field=state][data-value=available]").waitFor();
      const crew = await hub.get<ListOf<{ engineerId: string; state: string }>>("board/engineers");
      expect(crew.items).toContainEqual(
        expect.objectContaining({ engineerId, state: "available" }),
      );
      // This machine has no gateway: its file says which plan serves it.
      const opened = await hub.post("tickets", { machineId: "LOADER-101", title: engineerId });
      const ticket = (await opened.json()) as { ticketId: string; planRef: string };
      expect(ticket.planRef).toMatch(/^loader-tractor@/);
      const { ranked } = await hub.get<{ ranked: { engineerId: string }[] }>(
        `tickets/${ticket.ticketId}/suggestions`,
      );
      expect(ranked.map((one) => one.engineerId)).toContain(engineerId);
      expect(visitor.complaints()).toEqual([]);
      await visitor.leave();
    },
  );

  test.for(views)("every page fits its window, $language at $width px", async (view) => {
    const { visitor, page } = await arrive(view, "/people");
    for (const path of [...pages, ...morePages]) {
      await page.goto(`${hub.url}${path}`);
      await page.getByTestId("log-out").waitFor();
      await page.locator("main .page h1").first().waitFor();
      await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"]'));
      expect([path, await overflowOf(page)]).toEqual([path, 0]);
      expect([path, await page.locator(".problem").count()]).toEqual([path, 0]);
      await visitor.show(page, path.replaceAll("/", "_"));
    }
    expect(visitor.complaints()).toEqual([]);
    await visitor.leave();
  });

  test("the code sheet of a machine opens the page where its faults are reported", async () => {
    const { visitor, page } = await arrive(
      { language: "en", width: 1920 },
      "/machine-files/PUMP-001/code",
    );
    const code = page.getByTestId("qr");
    await code.waitFor();
    const { serialNumber } = await hub.get<{ serialNumber: string }>(
      "organisation/machines/PUMP-001",
    );
    const address = `${hub.url}/r/${encodeURIComponent(serialNumber)}`;
    const modules = encode(address, { ecc: "M", border: 4 }).data.flat().filter(Boolean).length;
    const drawn = (await code.locator("path").getAttribute("d")) ?? "";
    expect(drawn.split("M").length - 1).toBe(modules);
    if (existsSync("/usr/bin/zbarimg")) {
      const picture = join(temporaryFolder("code"), "code.png");
      await code.screenshot({ path: picture });
      const read = spawnSync("zbarimg", ["--quiet", "--raw", picture], { encoding: "utf8" });
      expect(read.stdout.trim()).toBe(address);
    }
    await visitor.show(page, "code-sheet");
    expect(visitor.complaints()).toEqual([]);
    await visitor.leave();
  });
});
