import type { Language } from "../../i18n/messages.ts";

/** Fen as yuan, never broken. Pure. */
export const formatYuan = (fen: number, language: Language): string =>
  `¥\u2060${new Intl.NumberFormat(language, { minimumFractionDigits: 2 }).format(fen / 100)}`;

/** Day and time without seconds, in the reader's time zone. Pure. */
export const formatMoment = (iso: string, language: Language): string =>
  new Intl.DateTimeFormat(language, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(Date.parse(iso));

/** A change with its sign, as ledgers write it. Pure. */
export const formatChange = (quantity: number, language: Language): string =>
  new Intl.NumberFormat(language, { signDisplay: "exceptZero" }).format(quantity);
