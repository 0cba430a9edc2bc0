import { zoneOf } from "../organisation/region.ts";
import { catalogue, clockNames, type MessageText, phrases } from "./message-catalogue.ts";
import type { Notice } from "./notice.ts";

export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];

export const messageKinds: readonly string[] = Object.keys(catalogue);

export interface Message extends MessageText {
  readonly language: Language;
}

/** What a sender adds to a notice's own facts. */
export interface MessageContext {
  /** Where a reader may go on; empty without an address of the pages. */
  readonly link: string;
  /** In which times are told: an IANA zone. */
  readonly zone?: string;
}

/**
 * A notice in one language, as plain text: nothing in it is escaped for anything, whoever writes it into HTML, JSON or a
 * header does that. A kind without words of its own is told with its facts, so that no notice is lost for lack of text.
 */
export function messageOf(notice: Notice, language: Language, context: MessageContext): Message {
  const known = Object.entries(catalogue).find(([kind]) => kind === notice.kind)?.[1][language];
  const own = factsOf(notice, language, context);
  if (known) {
    const facts = { arrivalAt: phrases[language].soon, ...own };
    const text = context.link === "" ? withoutLink(known.text) : known.text;
    return { language, title: fill(known.title, facts), text: fill(text, facts) };
  }
  const words = phrases[language];
  return {
    language,
    title: fill(words.unknownTitle, { kind: notice.kind }),
    text: Object.entries(own)
      .filter(([name, value]) => value !== "" && name !== "link")
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
  };
}

/** Many notices in one: equal titles are counted, the rest is left to the list. */
export function digestOf(
  notices: readonly Notice[],
  language: Language,
  { lines, link }: MessageContext & { readonly lines: number },
): Message {
  const words = phrases[language];
  const counts = new Map<string, number>();
  for (const notice of notices) {
    const { title } = messageOf(notice, language, { link: "" });
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  const titles = [...counts];
  const shown = titles
    .slice(0, lines)
    .map(([title, count]) => (count === 1 ? title : fill(words.digestLine, { title, count })));
  const rest = titles.slice(lines).reduce((sum, [, count]) => sum + count, 0);
  const more = rest > 0 ? [fill(words.digestMore, { count: rest })] : [];
  return {
    language,
    title: fill(words.digestTitle, { count: notices.length }),
    text: [...shown, ...more, ...(link === "" ? [] : [link])].join("\n"),
  };
}

type Facts = Readonly<Record<string, string | number>>;

function factsOf(notice: Notice, language: Language, { link, zone }: MessageContext): Facts {
  const words = phrases[language];
  const { facts = {}, ticketId = words.none, machineId = words.none, priority } = notice;
  const clock = facts.clock;
  const clockName = typeof clock === "string" ? clockNames[clock]?.[language] : undefined;
  return {
    ...inLocalTime(facts, language, zone),
    ...(clockName === undefined ? {} : { clock: clockName }),
    ticketId,
    machineId,
    priority: words.priorities[priority],
    link,
  };
}

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

/** Instants as people read them, on the clock of the place, with its zone where that is another than usual. */
function inLocalTime(facts: Facts, language: Language, zone = zoneOf([])): Facts {
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    timeZone: zone,
    month: language === "en" ? "short" : "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const told = Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === "string" && instantPattern.test(value)
      ? `${format.format(Date.parse(value))}${offsetOf(zone, Date.parse(value))}`
      : value,
  ]);
  return Object.fromEntries(told);
}

/** How far the place is off, ` GMT+5:45`; nothing for the zone that everybody takes for granted. */
function offsetOf(timeZone: string, atMs: number): string {
  if (timeZone === zoneOf([])) return "";
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "shortOffset" });
  const offset = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName");
  return ` ${offset?.value ?? timeZone}`;
}

/** Without the sentence that leads on, unless it is all there is. */
function withoutLink(text: string): string {
  const rest = text.replace(/(?<=[.。])\s*[^.。]*\{link\}$/u, "");
  return rest.replace(/\s*[:：]\s*\{link\}$/u, (end) => (/^\s*：/u.test(end) ? "。" : "."));
}

/** One pass, so that a fact that looks like a placeholder stays what it is. */
const fill = (text: string, facts: Facts): string =>
  text.replace(/\{([a-zA-Z]+)\}/g, (_all, name: string) => String(facts[name] ?? ""));
