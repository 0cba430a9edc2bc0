import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { I18nText } from "../evidence.ts";

/** A file that cannot be read at all; `text` says it in both languages. Codes: EXCHANGE_FILE, EXCHANGE_TOO_LARGE. */
export class ExchangeError extends CodedError {
  readonly text: I18nText;

  constructor(code: string, text: I18nText, options: { readonly cause?: unknown } = {}) {
    super(code, text.en, options);
    this.text = text;
  }
}

export const badFile = (en: string, zh: string, cause?: unknown): ExchangeError =>
  new ExchangeError("EXCHANGE_FILE", { en, "zh-CN": zh }, { cause });

export const tooLarge = (en: string, zh: string): ExchangeError =>
  new ExchangeError("EXCHANGE_TOO_LARGE", { en, "zh-CN": zh });
