import { readFile } from "node:fs/promises";
import type { ListOf } from "@firebreak/dashboards/web/types.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Hub, runCli, startHub, temporaryFolder } from "../product.fixture.ts";
import { makersMachine, type OtherMaker, startOtherMaker } from "./other-maker.fixture.ts";
import { inEveryView, someViews } from "./readers.fixture.ts";
import { hasChromium, overflowOf, startChromium, type View, Visitor } from "./visitor.fixture.ts";

describe.skipIf(!hasChromium())("samples as files, and other makers", () => {
  let maker: OtherMaker;
  let hub: Hub;
  let browser: Browser;
  let password: string;
  beforeAll(async () => {
    const data = temporaryFolder("files");
    maker = await startOtherMaker(data);
    const args = ["--no-simulator", "--aemp-sources", maker.sourcesFile];
    hub = await startHub({ data, args });
    browser = await startChromium();
    const reply = await hub.post("users/admin/reset-password", {});
    password = ((await reply.json()) as { password: string }).password;
    await eventually("the maker's machine", async () => {
      const { items } = await hub.get<ListOf<{ machineId: string }>>("machines");
      return items.some(({ machineId }) => machineId === makersMachine);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    await maker?.stop();
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
  const leave = async (visitor: Visitor, page: Page) => {
    expect(await overflowOf(page)).toBe(0);
    expect(visitor.complaints()).toEqual([]);
    await visitor.leave();
  };

  test.for(someViews)(
    `an export is started, followed and downloaded, ${inEveryView}`,
    async (view) => {
      const { visitor, page } = await arrive(view, "/telemetry");
      await page.getByTestId("exports").waitFor();
      await page.getByTestId("export-start").click();
      await page.getByTestId("export-new").getByRole("alert").waitFor();
      await page.getByTestId("machine-search").fill("9000");
      await page.locator(`[data-add="${makersMachine}"]`).click();
      await page.locator("[name=signals]").selectOption("some");
      await page.locator("[name=signal][value=operatingHours]").check();
      await visitor.show(page, "export-form");
      await page.locator("[name=from]").fill("2026-05-01T00:00");
      await page.locator("[name=to]").fill("2026-05-02T00:00");
      await page.getByTestId("export-start").click();
      const row = page.getByTestId("exports").locator("tbody tr").first();
      await row.locator("[data-field=progress][data-value=done]").waitFor();
      expect(await page.getByTestId("export-new").getByRole("alert").count()).toBe(0);
      const saving = page.waitForEvent("download");
      await row.getByTestId("download").click();
      const saved = await saving;
      expect(saved.suggestedFilename()).toMatch(/^telemetry-.*\.csv$/);
      const lines = (await readFile(await saved.path(), "utf8")).trim().split("\r\n");
      expect(lines).toContain(
        `${makersMachine},operatingHours,h,2026-05-01T08:00:00.000000000Z,1200.5,good`,
      );
      await visitor.show(page, "exports");
      await row.getByTestId("remove").click();
      await page.locator('p[data-testid="exports"]').waitFor();
      await leave(visitor, page);
    },
  );

  test.for(someViews)(
    `exports that are not ready say how far they are, ${inEveryView}`,
    async (view) => {
      const { visitor, page } = await arrive(view, "/account");
      const about = {
        ...{ machineIds: ["PUMP-1", "PUMP-2", "PUMP-3"], signals: null, format: "parquet" },
        ...{ from: "2026-04-01T00:00:00Z", to: "2026-05-01T00:00:00Z", endedAt: null },
        ...{ askedAt: "2026-05-02T00:00:00Z", restarts: 0, problem: null },
      };
      const items = [
        { ...about, id: "w", state: "waiting", progress: 0, rows: 0, bytes: 0 },
        {
          ...about,
          id: "r",
          state: "running",
          progress: 0.425,
          rows: 1e6,
          bytes: 23e6,
          restarts: 1,
        },
        {
          ...{ ...about, id: "f", state: "failed", progress: 0.9, rows: 9e7, bytes: 2e9 },
          problem: { code: "EXPORT_TOO_LARGE", message: "in English" },
        },
      ];
      await page.route("**/api/v1/telemetry-exports", (route) =>
        route.fulfill({ json: { items, next: null } }),
      );
      await page.locator("[data-testid=more-menu] summary").click();
      await page.locator('a[href="/telemetry"]').click();
      const running = page.locator('[data-testid=exports] [data-row="r"]');
      expect(await running.locator("progress").getAttribute("value")).toBe("0.425");
      expect(await running.textContent()).toContain("42 %");
      const failed = page.locator('[data-testid=exports] [data-row="f"] .problem');
      const words = view.language === "en" ? "would be too large" : "文件过大";
      expect(await failed.textContent()).toContain(words);
      expect(await page.getByTestId("download").count()).toBe(0);
      await visitor.show(page, "exports-under-way");
      await leave(visitor, page);
    },
  );

  const choose = (page: Page, name: string, rows: readonly string[]) =>
    page.getByTestId("history-file").setInputFiles({
      name,
      mimeType: "text/csv",
      buffer: Buffer.from(["时间,小时表,备注", ...rows].join("\n")),
    });

  test.for(someViews)(
    `a mistake of a file has its row and column; corrected it is imported, ${inEveryView}`,
    async (view) => {
      const day = `2025-0${someViews.indexOf(view) + 1}-03`;
      const { visitor, page } = await arrive(view, "/telemetry?tab=import");
      const name = `${day}.csv`;
      await choose(page, name, [`${day} 08:00:00,100,`, `${day} 09:00:00,zehn,`]);
      const form = page.getByTestId("mapping");
      await form.locator("[name=machineId]").fill(makersMachine);
      await form.locator("[data-column=小时表]").fill("operatingHours");
      await form.locator("[name=zone]").selectOption("+08:00");
      await form.getByTestId("check-file").click();
      const fault = page.getByTestId("history-faults").locator("tbody tr");
      await fault.waitFor();
      const said = (field: string) =>
        fault.locator(`[data-field=${field}]`).getAttribute("data-value");
      expect([await said("row"), await said("column"), await said("mistake")]).toEqual([
        "3",
        "小时表",
        "no-number",
      ]);
      expect(await page.getByTestId("history-now").count()).toBe(0);
      await visitor.show(page, "history-mistake");

      await choose(page, name, [`${day} 08:00:00,100,`, `${day} 09:00:00,101,`]);
      await page.getByTestId("history-preview").waitFor({ state: "detached" });
      await form.getByTestId("check-file").click();
      await page.getByTestId("history-now").click();
      await page.getByTestId("history-imported").waitFor();
      await visitor.show(page, "history-imported");
      const { items } = await hub.get<ListOf<{ from: string; samples: number }>>(
        `machines/${encodeURIComponent(makersMachine)}/imports`,
      );
      expect(items).toContainEqual(
        expect.objectContaining({ from: `${day}T00:00:00.000000000Z`, samples: 2 }),
      );
      await page.goto(`${hub.url}/machines/${encodeURIComponent(makersMachine)}`);
      await page.locator("[data-testid=imported] [data-signal=operatingHours]").first().waitFor();
      // It has no gateway that could be asked for raw frames.
      expect(await page.getByTestId("captures").count()).toBe(0);
      await visitor.show(page, "imported-on-machine");
      await leave(visitor, page);
    },
  );

  test.for(someViews)(
    `a source that fails says why; a program is let in and shut out, ${inEveryView}`,
    async (view) => {
      const { visitor, page } = await arrive(view, "/iso15143");
      const sources = page.getByTestId("aemp-sources");
      const good = sources.locator("tr[data-row=acme]");
      await good.locator("[data-field=fares][data-value=ok]").waitFor();
      expect(await good.locator("[data-field=machines]").getAttribute("data-value")).toBe("1");
      const unused = view.language === "en" ? "Running: neither true nor false" : "Running：既非";
      expect(await good.locator("[data-field=skipped] details").textContent()).toContain(unused);
      const cause = sources.locator("tr[data-row=closed-shop] [data-cause=credentials]");
      const refuses = view.language === "en" ? "refuses our credentials" : "拒绝了登录凭据";
      expect(await cause.textContent()).toContain(`${maker.host} ${refuses}`);

      await page.getByTestId("add-client").click();
      const form = page.getByTestId("client-form");
      await form.locator("[name=name]").fill(`ERP ${view.language} ${view.width}`);
      await form.locator("[name=kind]").selectOption("machines");
      await form.locator(`[data-add="${makersMachine}"]`).click();
      await visitor.show(page, "iso15143-form");
      await form.getByTestId("create-client").click();
      const shown = page.getByTestId("client-secret").locator("b");
      await shown.last().waitFor();
      const [id = "", secret = ""] = await shown.allTextContents();
      await visitor.show(page, "iso15143");
      const basic = Buffer.from(`${id}:${secret}`).toString("base64");
      const askToken = () =>
        fetch(`${hub.url}/aemp/oauth/token`, {
          method: "POST",
          headers: { authorization: `Basic ${basic}` },
          body: new URLSearchParams({ grant_type: "client_credentials" }),
        });
      expect((await askToken()).status).toBe(200);
      const client = page.locator(`[data-testid=aemp-clients] tr[data-row="${id}"]`);
      await client.getByTestId("revoke").click();
      await client.getByTestId("revoke-now").click();
      await client.waitFor({ state: "detached" });
      expect((await askToken()).status).toBe(401);
      await leave(visitor, page);
    },
  );

  test("who may neither export nor let programs in is offered neither", async () => {
    const made = await runCli(["token", "--data", hub.data, "--role", "viewer"]);
    const visitor = await Visitor.arrive(browser, {
      url: hub.url,
      view: { language: "en", width: 1920 },
      headers: { authorization: `Bearer ${made.stdout.trim()}` },
    });
    const page = await visitor.open("/iso15143");
    await page.locator("[data-testid=aemp-sources] tbody tr").first().waitFor();
    expect(await page.locator('a[href="/iso15143"]').count()).toBe(1);
    expect(await page.locator('a[href="/telemetry"]').count()).toBe(0);
    expect(await page.getByTestId("add-client").count()).toBe(0);
    await page.goto(`${hub.url}/telemetry`);
    await page.locator("main .empty").waitFor();
    await leave(visitor, page);
  });
});
