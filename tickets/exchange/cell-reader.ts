import type { I18nText } from "../evidence.ts";
import { exchangeConfig } from "./exchange-config.ts";
import type { Cell } from "./table.ts";

/** What a cell says, or why it cannot be used. */
export type Read<Value> = { readonly value: Value } | { readonly fault: I18nText };

/** How the cells of one column are read and written. Cells that are empty never get here. */
export interface CellType<Value> {
  readonly read: (cell: Exclude<Cell, null>) => Read<Value>;
  readonly write: (value: Value) => Cell;
  /** For the notes of a template. */
  readonly says: I18nText;
}

const fault = (en: string, zh: string) => ({ fault: { en, "zh-CN": zh } });

/** Wide figures and letters as narrow ones, and no blanks around. */
const narrow = (cell: Exclude<Cell, null>): string =>
  (cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell)).normalize("NFKC").trim();

const MAX_SAFE_FIGURES = 1e15;

/** A text; a number that Excel made of it is one again, unless it has lost figures. */
export const text = (maxLength = 200): CellType<string> => ({
  read(cell) {
    if (typeof cell === "number" && Math.abs(cell) >= MAX_SAFE_FIGURES)
      return fault(
        "Excel took this for a number and lost figures: format the column as text and enter it again",
        "该内容被 Excel 当作数字并丢失了位数，请把列格式设为“文本”后重新输入",
      );
    const value = typeof cell === "string" ? cell.trim() : narrow(cell);
    const limit = Math.min(maxLength, exchangeConfig.maxCellCharacters);
    return value.length > limit
      ? fault(`longer than ${limit} characters`, `超过 ${limit} 个字符`)
      : { value };
  },
  write: (value) => value,
  says: { en: "text", "zh-CN": "文本" },
});

/** A text of a certain shape, such as an id. */
export const shaped = (pattern: string, says: I18nText): CellType<string> => {
  const shape = new RegExp(pattern, "u");
  const plain = text();
  return {
    read(cell) {
      const read = plain.read(cell);
      if ("fault" in read || shape.test(read.value)) return read;
      return fault(`“${read.value}” is not ${says.en}`, `“${read.value}”不是${says["zh-CN"]}`);
    },
    write: (value) => value,
    says,
  };
};

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly isInteger?: boolean;
}

/** A number, or a text that is one: `1 234`, `1,234.5`, `１２`. */
export const number = ({ min, max, isInteger = false }: NumberBounds): CellType<number> => ({
  read(cell) {
    const value = typeof cell === "number" ? cell : numberOf(narrow(cell));
    if (value === undefined || typeof cell === "boolean" || cell instanceof Date)
      return fault(`“${narrow(cell)}” is not a number`, `“${narrow(cell)}”不是数字`);
    if (isInteger && !Number.isInteger(value))
      return fault(`${value} is not a whole number`, `${value} 不是整数`);
    if (value < min || value > max)
      return fault(
        `${value} is not between ${min} and ${max}`,
        `${value} 不在 ${min} 到 ${max} 之间`,
      );
    return { value };
  },
  write: (value) => value,
  says: {
    en: `${isInteger ? "whole number" : "number"}, ${min} to ${max}`,
    "zh-CN": `${isInteger ? "整数" : "数字"}，${min} 到 ${max}`,
  },
});

function numberOf(written: string): number | undefined {
  const plain = written.replaceAll(/\s/g, "");
  const ungrouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)
    ? plain.replaceAll(",", "")
    : plain;
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(ungrouped) ? Number(ungrouped) : undefined;
}

/** Money, written in yuan; its value is fen. */
export const yuan = (): CellType<number> => {
  const amount = number({ min: 0, max: 1e9 });
  return {
    read(cell) {
      const read = amount.read(typeof cell === "string" ? cell.replace(/[¥￥元]/gu, "") : cell);
      if ("fault" in read) return read;
      const fen = Math.round(read.value * 100);
      return Math.abs(fen - read.value * 100) > 1e-6
        ? fault(`${read.value} has more than two decimals`, `${read.value} 的小数超过两位`)
        : { value: fen };
    },
    write: (fen) => fen / 100,
    says: { en: "yuan, at most two decimals", "zh-CN": "元，最多两位小数" },
  };
};

const DAY_MS = 86_400_000;
/** Day 0 of Excel's calendar for all days after its 29 February 1900. */
const EXCEL_EPOCH_MS = Date.UTC(1899, 11, 30);
const firstSerial = 61;
const lastSerial = 73_050;

/** A day, YYYY-MM-DD: a date of Excel, its serial number, or text with the year first. */
export const day = (): CellType<string> => ({
  read(cell) {
    if (cell instanceof Date) return { value: cell.toISOString().slice(0, 10) };
    const written = narrow(cell);
    if (/^\d{5}(\.\d+)?$/.test(written)) return fromSerial(Number(written));
    const parts =
      /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$/u.exec(written) ??
      /^(\d{4})(\d{2})(\d{2})$/.exec(written);
    const [, year, month, dayOfMonth] = parts ?? [];
    const time = Date.UTC(Number(year), Number(month) - 1, Number(dayOfMonth));
    const found = new Date(time);
    if (
      parts &&
      found.getUTCMonth() === Number(month) - 1 &&
      found.getUTCDate() === Number(dayOfMonth)
    )
      return { value: found.toISOString().slice(0, 10) };
    return fault(
      `“${written}” is not a date: write it as 2026-03-05`,
      `“${written}”不是日期，请写成 2026-03-05`,
    );
  },
  write: (value) => new Date(`${value}T00:00:00.000Z`),
  says: { en: "date, such as 2026-03-05", "zh-CN": "日期，例如 2026-03-05" },
});

const fromSerial = (serial: number): Read<string> =>
  serial >= firstSerial && serial <= lastSerial
    ? { value: new Date(EXCEL_EPOCH_MS + Math.floor(serial) * DAY_MS).toISOString().slice(0, 10) }
    : fault(`${serial} is not a date`, `${serial} 不是日期`);

const yesWords = ["是", "有", "yes", "y", "true", "1", "√"];
const noWords = ["否", "无", "no", "n", "false", "0", "×"];

export const yesNo = (): CellType<boolean> => ({
  read(cell) {
    const word = narrow(cell).toLowerCase();
    if (yesWords.includes(word)) return { value: true };
    if (noWords.includes(word)) return { value: false };
    return fault(
      `“${narrow(cell)}” is neither yes nor no`,
      `“${narrow(cell)}”既不是“是”也不是“否”`,
    );
  },
  write: (value) => (value ? "是" : "否"),
  says: { en: "yes or no", "zh-CN": "是或否" },
});

/** One of some words: the word itself, or its name in either language. */
export function choice<const Word extends string>(
  names: Readonly<Record<Word, readonly [en: string, zh: string]>>,
): CellType<Word> {
  const words = Object.keys(names) as Word[];
  const list = (language: 0 | 1) => words.map((word) => names[word][language]).join(" / ");
  return {
    read(cell) {
      const written = narrow(cell).toLowerCase();
      const value = words.find((word) =>
        [word, ...names[word]].some((name) => name.normalize("NFKC").toLowerCase() === written),
      );
      return value === undefined
        ? fault(
            `“${narrow(cell)}” is none of: ${list(0)}`,
            `“${narrow(cell)}”不在可选项中：${list(1)}`,
          )
        : { value };
    },
    write: (value) => names[value][1],
    says: { en: list(0), "zh-CN": list(1) },
  };
}

/** Several values in one cell, with `;`, `；`, `、`, or a line end between them. */
export const list = <Value>(item: CellType<Value>): CellType<readonly Value[]> => ({
  read(cell) {
    if (typeof cell !== "string") {
      const only = item.read(cell);
      return "fault" in only ? only : { value: [only.value] };
    }
    const values: Value[] = [];
    for (const part of cell.split(/[;；、\n]/u)) {
      if (part.trim() === "") continue;
      const read = item.read(part.trim());
      if ("fault" in read) return read;
      values.push(read.value);
    }
    return { value: values };
  },
  write: (values) => values.map((value) => writtenText(item.write(value))).join("; ") || null,
  says: {
    en: `${item.says.en}; several with ; between them`,
    "zh-CN": `${item.says["zh-CN"]}；多个用分号隔开`,
  },
});

export const writtenText = (cell: Cell): string =>
  cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell ?? "");
