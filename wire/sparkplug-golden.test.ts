import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sharedData } from "../test/shared-data.ts";
import { decodePayload, encodePayload } from "./sparkplug-payload.ts";
import {
  type Metric,
  type MetricValue,
  numberWhenSafe,
  type Payload,
  toInteger,
} from "./sparkplug-types.ts";

/** As protoc prints a message: 64-bit integers are texts, bytes are base64. */
type Fields = Readonly<Record<string, unknown>>;

interface Printed {
  readonly name: string;
  readonly hex: string;
  readonly decoded: {
    readonly timestamp?: string;
    readonly seq?: string;
    readonly metrics?: readonly Fields[];
  };
}

function read(path: string): Printed[] {
  const file = sharedData(path);
  return file === undefined ? [] : JSON.parse(readFileSync(file, "utf8"));
}

/** A data set or a template counts as no value. */
function valueIn(printed: Fields, datatype: unknown): unknown {
  for (const [key, value] of Object.entries(printed)) {
    if (key === "int_value" || key === "long_value")
      return toInteger(Number(datatype ?? 0), numberWhenSafe(BigInt(String(value))));
    if (key === "bytes_value") return Uint8Array.from(Buffer.from(String(value), "base64"));
    if (/^(float|double|boolean|string)_value$/.test(key)) return value;
  }
  return undefined;
}

function propertiesOf({ keys, values }: { keys: string[]; values: Fields[] }) {
  return new Map(
    keys.map((key, at) => {
      const { type, ...rest } = values[at] ?? {};
      return [key, { type: type as number, value: valueIn(rest, type) as MetricValue }];
    }),
  );
}

function metricOf(printed: Fields): Metric {
  const { name, alias, timestamp, datatype, is_historical, is_null, properties } = printed;
  const fields = {
    name,
    alias: alias === undefined ? undefined : Number(alias),
    timestampMs: timestamp === undefined ? undefined : Number(timestamp),
    datatype,
    isHistorical: is_historical,
    isNull: is_null,
    value: valueIn(printed, datatype),
    properties: properties && propertiesOf(properties as Parameters<typeof propertiesOf>[0]),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function payloadOf({ timestamp, seq, metrics = [] }: Printed["decoded"]): Payload {
  return {
    ...(timestamp === undefined ? {} : { timestampMs: Number(timestamp) }),
    ...(seq === undefined ? {} : { seq: Number(seq) }),
    metrics: metrics.map(metricOf),
  };
}

const vectors = [
  ...read("sparkplug/golden_payloads.json"),
  ...read("sparkplug/interop_int_variants.json"),
];

/** What our encoder writes otherwise, with the same meaning, and why. */
const otherBytes: Readonly<Record<string, string>> = {
  "DDATA alias only": "a float whose type only the birth tells is written as a double",
  "DDATA historical": "the same",
  "dataset+properties+bytes+arrays": "data sets and arrays are read as no value",
};

describe.skipIf(vectors.length === 0)("payloads of other encoders", () => {
  test("there are all of them", () => {
    expect(vectors.length).toBeGreaterThanOrEqual(14);
  });

  test.each(vectors)("$name", ({ hex, decoded }) => {
    const payload = decodePayload(Buffer.from(hex, "hex"));
    expect(payload).toEqual(payloadOf(decoded));
    expect(decodePayload(encodePayload(payload))).toEqual(payload);
  });

  test.each(read("sparkplug/golden_payloads.json"))("byte for byte: $name", ({ name, hex }) => {
    const bytes = encodePayload(decodePayload(Buffer.from(hex, "hex")));
    expect(Buffer.from(bytes).toString("hex") === hex).toBe(!Object.hasOwn(otherBytes, name));
  });

  test("what comes out in other bytes is one of these", () => {
    const names = read("sparkplug/golden_payloads.json").map(({ name }) => name);
    expect(Object.keys(otherBytes).filter((name) => !names.includes(name))).toEqual([]);
  });
});
