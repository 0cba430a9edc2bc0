import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Language } from "@firebreak/dashboards/web/i18n/messages.ts";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { eventually } from "../product.fixture.ts";

const executablePath = "/usr/bin/chromium";
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether pages can be shown here; the reason is printed where not, and on CI that is an error. */
export function hasChromium(): boolean {
  if (existsSync(executablePath)) return true;
  const reason = `there is no ${executablePath} (apt-get install chromium fonts-noto-cjk)`;
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`skipped, ${reason}\n`);
  return false;
}

/** What comes comes at once; a computer on which much else is tested may need longer. */
const patienceMs = 60_000;

/** Each start has a user data folder of its own, which goes when the browser ends. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath, headless: true, args: flags });

export interface View {
  readonly language: Language;
  readonly width: 390 | 1920;
}

/** One person at one screen: a browser context with a language and a width, and what went wrong in it. */
export class Visitor {
  readonly view: View;
  readonly #context: BrowserContext;
  readonly #url: string;
  readonly #complaints: string[] = [];

  private constructor(view: View, context: BrowserContext, url: string) {
    this.view = view;
    this.#context = context;
    this.#url = url;
  }

  static async arrive(
    browser: Browser,
    options: {
      readonly url: string;
      readonly view: View;
      readonly headers?: Record<string, string>;
      /** His clock, ms since the Unix epoch; it runs on from there. Default: the system's. */
      readonly nowMs?: number;
    },
  ): Promise<Visitor> {
    const { url, view, headers = {}, nowMs } = options;
    const isNarrow = view.width === 390;
    const context = await browser.newContext({
      locale: view.language === "en" ? "en-US" : view.language,
      timezoneId: "Asia/Shanghai",
      viewport: { width: view.width, height: isNarrow ? 844 : 1080 },
      deviceScaleFactor: isNarrow ? 2 : 1,
      extraHTTPHeaders: headers,
    });
    context.setDefaultTimeout(patienceMs);
    if (nowMs !== undefined) await context.clock.install({ time: nowMs });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        reportError(new Error(`content security policy: ${violatedDirective} ${blockedURI}`));
      });
    });
    await keepCharts(context);
    return new Visitor(view, context, url);
  }

  /** Opens a page of its own at a path; what its console says in anger is a complaint. */
  async open(path: string): Promise<Page> {
    const page = await this.#context.newPage();
    page.on("pageerror", (error) => this.#complaints.push(`${path}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      // Chromium reports every refusal; that of a wrong password is meant.
      if (/ 401 /.test(message.text()) && message.location().url.endsWith("/login")) return;
      this.#complaints.push(`${path}: ${message.text()} (${message.location().url})`);
    });
    page.on("response", (answer) => {
      if (answer.status() >= 500) this.#complaints.push(`${answer.status()} ${answer.url()}`);
    });
    await page.goto(`${this.#url}${path}`);
    return page;
  }

  /** What went wrong since this was last asked. */
  complaints(): string[] {
    return this.#complaints.splice(0);
  }

  /**
   * Saves the whole page as `<name>.<language>.<width>.png` in the folder that `FIREBREAK_SCREENSHOTS` names. Without it
   * nothing is done: a picture of a whole page takes up to a second.
   */
  async show(page: Page, name: string): Promise<void> {
    const folder = process.env.FIREBREAK_SCREENSHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    const { language, width } = this.view;
    await page.screenshot({
      path: join(folder, `${name}.${language}.${width}.png`),
      fullPage: true,
    });
  }

  leave(): Promise<void> {
    return this.#context.close();
  }
}

/** Puts every chart that is made within reach of `chartsOn`; the chart code itself stays as it was delivered. */
async function keepCharts(context: BrowserContext): Promise<void> {
  await context.route(/\/assets\/uPlot[^/?]*\.js$/, (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: `import Chart from "${new URL(route.request().url()).pathname}?as-delivered";
        function KeptChart(...given) {
          const chart = new Chart(...given);
          (globalThis.keptCharts ??= []).push(chart);
          return chart;
        }
        export default Object.assign(KeptChart, Chart);`,
    }),
  );
}

export interface DrawnChart {
  readonly signal: string;
  readonly t: readonly number[];
  readonly value: readonly (number | null)[];
  /** The canvas as an image; changes when it is drawn differently. */
  readonly image: string;
}

/** The charts on a page: what they were given to draw, and the picture. */
export const chartsOn = (page: Page): Promise<DrawnChart[]> =>
  page.evaluate(() => {
    interface Chart {
      readonly root: HTMLElement;
      readonly data: readonly [readonly number[], readonly (number | null)[]];
    }
    const { keptCharts = [] } = globalThis as { keptCharts?: Chart[] };
    return keptCharts
      .filter(({ root }) => root.isConnected)
      .map(({ root, data: [t, value] }) => ({
        signal: root.closest<HTMLElement>("[data-chart]")?.dataset.chart ?? "",
        t: [...t],
        value: [...value],
        image: root.querySelector("canvas")?.toDataURL() ?? "",
      }));
  });

/** Chooses one answer of a row on its label, as people do; waits until what comes in late has moved it no more. */
export const choose = (page: Page, name: string, value: string): Promise<void> =>
  page.locator("label", { has: page.locator(`[name=${name}][value="${value}"]`) }).click();

/** What lies in a store of the page's database, as text. It must have been opened by the page. */
export const keptIn = (page: Page, database: string, store: string): Promise<string> =>
  page.evaluate(
    ([name, part]) =>
      new Promise<string>((resolve) => {
        const opened = indexedDB.open(name);
        opened.addEventListener("success", () => {
          const all = opened.result.transaction(part).objectStore(part).getAll();
          all.addEventListener("success", () => {
            opened.result.close();
            resolve(JSON.stringify(all.result));
          });
        });
      }),
    [database, store] as const,
  );

/** How far the page is wider than its window, px; more than 0 means sideways scrolling. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));

/**
 * Reads a page and the interface in turn until the page shows something that the interface said meanwhile. For what
 * changes between two reads; fails with both when that never happens.
 */
export async function untilSame<Shown>(
  what: string,
  onPage: () => Promise<Shown>,
  fromApi: () => Promise<Shown>,
): Promise<Shown> {
  const said = new Set<string>();
  let [last, shown] = ["", ""];
  try {
    return await eventually(what, async () => {
      last = JSON.stringify(await fromApi());
      said.add(last);
      const found = await onPage();
      shown = JSON.stringify(found);
      return said.has(shown) && { found };
    }).then(({ found }) => found);
  } catch (error) {
    throw new Error(`${what}: the page shows ${shown}, the interface says ${last}`, {
      cause: error,
    });
  }
}
