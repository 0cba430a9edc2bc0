import { loadMessages, translate } from "@firebreak/dashboards/web/i18n/language.ts";
import type { Language, MessageKey } from "@firebreak/dashboards/web/i18n/messages.ts";
import type {
  LedgerCounts,
  MachineRow,
  SignalNow,
  Ticket,
} from "@firebreak/dashboards/web/types.ts";
import type { Page } from "playwright-core";

/** Each pair here is what a page shows and what it should show for an answer of the interface, in the same form. */
type Cells = Record<string, string>;

/** A row of a table: its `data-` attributes named in `attributes`, then the text of each `data-field`. */
const rowsOf = (page: Page, table: string, attributes: readonly string[]): Promise<Cells[]> =>
  page.evaluate(
    ([testId, names]) =>
      [...document.querySelectorAll<HTMLElement>(`[data-testid=${testId}] tbody tr`)].map((row) => {
        const fields = [...row.querySelectorAll<HTMLElement>("[data-field]")];
        return Object.fromEntries([
          ...names.map((name) => [name, row.dataset[name] ?? ""]),
          ...fields.map((cell) => [cell.dataset.field, cell.textContent.trim()]),
        ]);
      }),
    [table, attributes] as const,
  );

const pick = (cells: Cells, names: readonly string[]): Cells =>
  Object.fromEntries(names.map((name) => [name, cells[name] ?? "(missing)"]));

// Pages fetch these when they are opened; a test has them at once.
await loadMessages();

const word = (language: Language, key: string): string => translate(language, key as MessageKey);

const fleetFields = [
  "machineId",
  "online",
  "title",
  "plan",
  "health",
  "openTickets",
  "activeCodes",
];

export const shownFleet = async (page: Page): Promise<Cells[]> =>
  (await rowsOf(page, "fleet", ["machineId", "online"])).map((row) => pick(row, fleetFields));

export const expectedFleet = (language: Language, rows: readonly MachineRow[]): Cells[] =>
  rows.map((row) => ({
    machineId: row.machineId,
    online: String(row.online),
    title: row.title,
    plan: row.planTitle?.[language] ?? row.plan,
    health: `${row.health === "unknown" ? "" : row.health}${word(language, `health.${row.healthStatus}`)}`,
    openTickets: `${row.openTickets}${row.topTicket?.title[language] ?? ""}`,
    activeCodes: String(row.activeCodes),
  }));

const ticketFields = [
  "ticketId",
  "priority",
  "title",
  "machineId",
  "kind",
  "state",
  "occurrenceCount",
];

export const shownTickets = async (page: Page): Promise<Cells[]> =>
  (await rowsOf(page, "tickets", ["ticketId"])).map((row) => pick(row, ticketFields));

/** Parts tickets stand below what they are for. A page about one machine does not name it again. */
export const expectedTickets = (
  language: Language,
  tickets: readonly Ticket[],
  { isOfOneMachine = false } = {},
): Cells[] =>
  tickets
    .filter(({ parentId }) => parentId === undefined)
    .flatMap((one) => [one, ...tickets.filter(({ parentId }) => parentId === one.ticketId)])
    .map((ticket) => ({
      ticketId: ticket.ticketId,
      priority: word(language, `priority.${ticket.priority}`),
      title: `${ticket.title[language]}${ticket.ticketId}`,
      machineId: isOfOneMachine ? "(missing)" : (ticket.machineId ?? ""),
      kind: word(language, `kind.${ticket.kind}`),
      state: word(language, `state.${ticket.state}`),
      occurrenceCount: ticket.kind === "parts" ? "" : String(ticket.occurrenceCount),
    }));

/** Which signals there are, their units and qualities; the values change too fast to be read twice. */
export const shownSignals = (page: Page): Promise<Cells[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("[data-testid=signals] tbody tr")].map((row) => {
      const value = row.querySelector<HTMLElement>("[data-field=value]");
      const quality = value?.dataset.quality ?? "";
      return {
        name: row.dataset.signal ?? "",
        title: row.querySelector("[data-field=title]")?.textContent ?? "",
        quality,
        unit: quality === "good" ? (row.querySelector(".unit")?.textContent ?? "") : "",
        qualityText: row.querySelector(".quality")?.textContent ?? "",
      };
    }),
  );

/** Units as they are printed where that differs from the plan's spelling. */
const printed: Readonly<Record<string, string>> = {
  m3: "m³",
  "m3/h": "m³/h",
  deg: "°",
  count: "",
  state: "",
  gear: "",
  ratio: "",
};

export const printedUnit = (unit: string): string => printed[unit] ?? unit;

export const expectedSignals = (language: Language, signals: readonly SignalNow[]): Cells[] =>
  signals.map(({ name, title, unit, quality, spn, sa, derivedFrom }) => {
    // What is derived has no value there, and says so.
    if (derivedFrom)
      return { name, title: `${title[language]}${name}`, quality: "", unit: "", qualityText: "" };
    const origin = [
      spn === undefined ? [] : `SPN ${spn}`,
      sa === undefined ? [] : `SA ${sa}`,
    ].flat();
    const isGood = quality === "good";
    return {
      name,
      title: `${title[language]}${origin.join(" · ") || name}`,
      quality,
      unit: isGood ? printedUnit(unit) : "",
      qualityText: isGood ? "" : word(language, `quality.${quality}`),
    };
  });

export interface LiveValue {
  readonly name: string;
  readonly t: string;
  /** What the page was told, and what it prints. */
  readonly value: number | null;
  readonly text: string;
}

/** All live values at one moment. */
export const shownValues = (page: Page): Promise<LiveValue[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("[data-testid=signals] tbody tr")].map((row) => {
      const cell = row.querySelector<HTMLElement>("[data-field=value]");
      const age = row.querySelector<HTMLElement>("[data-field=age]");
      const given = cell?.dataset.value ?? "";
      return {
        name: row.dataset.signal ?? "",
        t: age?.dataset.value ?? "",
        value: given === "" ? null : Number(given),
        text: cell?.querySelector("b")?.textContent ?? "",
      };
    }),
  );

/** A number as people of that language write it, with at most so many digits after the point. */
export const printedNumber = (language: Language, value: number, decimals = 2): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: decimals }).format(value);

const places = [
  "produced",
  "stored",
  "journalled",
  "spooled",
  "quarantined",
  "lost",
  "suppressed",
] as const;

export const shownLedger = (page: Page): Promise<Cells> =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>("[data-testid=ledger] [data-field]")].map(
        (cell) => [cell.dataset.field, cell.textContent],
      ),
    ),
  );

export const expectedLedger = (language: Language, ledger: LedgerCounts): Cells =>
  Object.fromEntries(places.map((place) => [place, printedNumber(language, ledger[place])]));
