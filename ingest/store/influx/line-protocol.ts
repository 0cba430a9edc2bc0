import { Quality } from "@firebreak/wire/quality.ts";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";

export const measurement = "sample";
/** Sums of one series and UTC hour. */
export const hourMeasurement = "sample_hour";

/**
 * Names as tag values. Line protocol has no way to write a line break, and a backslash at the end of a tag eats what
 * follows it, so these are written as `␛` (U+241B) and their code: `␛0A` is a line break, `␛5C` a backslash. Everything
 * else stands as it is and shows as it is.
 */
const intro = "\u241b";
const unsafe = /[\p{Cc}\\\u241b]/gu;
const escaped = /\u241b(\u241b|[0-9A-F]{2})/g;
const quoted = /[,= ]/g;

export const toTag = (name: string): string =>
  name.replace(unsafe, (sign) => intro + (sign === intro ? intro : hex(sign.charCodeAt(0))));

/** The name that `toTag` was given. */
export const fromTag = (tag: string): string =>
  tag.replace(escaped, (_, code: string) =>
    code === intro ? intro : String.fromCharCode(Number.parseInt(code, 16)),
  );

const hex = (code: number) => code.toString(16).toUpperCase().padStart(2, "0");

const tag = (key: string, value: string | number | undefined): string =>
  value === undefined || value === ""
    ? ""
    : `,${key}=${toTag(String(value)).replace(quoted, (sign) => `\\${sign}`)}`;

/** Measurement and tags of one series, keys in order, without the time: what lines of it begin with. */
export const seriesTags = (
  machineId: string,
  signal: SignalDefinition,
  repeat = 0,
  of = measurement,
): string =>
  of +
  tag("machine", machineId) +
  tag("repeat", repeat === 0 ? undefined : repeat) +
  tag("sa", signal.sa) +
  tag("signal", signal.name) +
  tag("spn", signal.spn) +
  tag("unit", signal.unit);

/** A good sample has its `value`, every other its `quality` and no number. */
export function field(value: number, quality: number): string {
  if (quality !== Quality.good) return ` quality=${quality}i `;
  return value === 0 && Object.is(value, -0) ? " value=-0 " : ` value=${value} `;
}

/** A string literal of InfluxQL. */
export const literal = (text: string): string =>
  `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;

/** An identifier of InfluxQL. */
export const identifier = (name: string): string =>
  `"${name.replace(/[\\"]/g, (sign) => `\\${sign}`)}"`;
