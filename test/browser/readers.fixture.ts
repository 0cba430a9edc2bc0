import { type Language, languages } from "@firebreak/dashboards/web/i18n/messages.ts";
import type { ListOf, MachineRow, Ticket } from "@firebreak/dashboards/web/types.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type DemoFleet, startDemoFleet } from "./demo-fleet.fixture.ts";
import { startChromium, type View, Visitor } from "./visitor.fixture.ts";

const views: View[] = languages.flatMap((language) => [
  { language, width: 390 as const },
  { language, width: 1920 as const },
]);
/** Each language and each width once; a soak looks at them in every combination. */
export const someViews: View[] = process.env.FIREBREAK_SOAK
  ? views
  : [
      { language: "zh-CN", width: 390 },
      { language: "en", width: 1920 },
    ];
export const inEveryView = "$language at $width px";
/** The simulated machine that develops a fault. */
export const failing = "PUMP-002";

export const keyOf = ({ language, width }: View): string => `${language} ${width}`;
export const languageOf = (key: string): Language => key.split(" ")[0] as Language;

/** What is visible there; the empty text when nothing is. */
export const text = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).allInnerTexts()).join("\n");

/** When the document was loaded, ms; the same as long as nobody loaded it again. */
export const loadedAt = (page: Page): Promise<number> =>
  page.evaluate(() => performance.timeOrigin);

/** People at the pages of one demo fleet: both languages, on a phone and on a desk. */
export class Readers {
  readonly visitors = new Map<string, Visitor>();
  readonly #args: readonly string[];
  #fleet: DemoFleet | undefined;
  #browser: Browser | undefined;

  private constructor(args: readonly string[]) {
    this.#args = args;
  }

  /**
   * For the suite in which it is called: starts `firebreak up` with these arguments and a browser before its tests and
   * ends both behind them; fails the test in which a console said something.
   */
  static ofSuite(args: readonly string[] = []): Readers {
    const readers = new Readers(args);
    beforeAll(() => readers.#arrive());
    afterEach(() => readers.#expectNoComplaint());
    afterAll(() => readers.#leave());
    return readers;
  }

  get fleet(): DemoFleet {
    if (!this.#fleet) throw new Error("the fleet was not started");
    return this.#fleet;
  }

  get browser(): Browser {
    if (!this.#browser) throw new Error("the browser was not started");
    return this.#browser;
  }

  of(view: View): Visitor {
    const found = this.visitors.get(keyOf(view));
    if (!found) throw new Error(`nobody came for ${keyOf(view)}`);
    return found;
  }

  /** Fills in the login that a page asks for, with this password. */
  async logIn(page: Page, password = this.fleet.adminPassword): Promise<void> {
    const form = page.getByTestId("login");
    await form.locator("[name=username]").fill("admin");
    await form.locator("[name=password]").fill(password);
    await form.locator("[type=submit]").click();
  }

  async openTickets(): Promise<readonly Ticket[]> {
    return (await this.fleet.get<ListOf<Ticket>>("tickets?state=open")).items;
  }

  async machineRows(): Promise<readonly MachineRow[]> {
    const list = "machines?sort=openTickets&order=desc";
    return (await this.fleet.get<ListOf<MachineRow>>(list)).items;
  }

  async #arrive(): Promise<void> {
    const starting = [startDemoFleet(this.#args), startChromium()] as const;
    [this.#fleet, this.#browser] = await Promise.all(starting);
    const { url } = this.#fleet;
    for (const view of someViews)
      this.visitors.set(keyOf(view), await Visitor.arrive(this.#browser, { url, view }));
  }

  #expectNoComplaint(): void {
    for (const [name, visitor] of this.visitors)
      expect(visitor.complaints(), `what the console of ${name} said`).toEqual([]);
  }

  async #leave(): Promise<void> {
    await this.#browser?.close();
    const ended = await this.#fleet?.stop();
    expect(ended?.code).toBe(0);
  }
}
