import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConfigurationCommand, ConfigurationReport } from "./configuration.ts";
import {
  configurationHash,
  encodeConfigurationCommand,
  encodeConfigurationReport,
  parseConfigurationCommand,
  parseConfigurationReport,
} from "./configuration-codec.ts";

const text = "version: 1\nbatchAgeMs: 2000\n";
const command: ConfigurationCommand = {
  kind: "try",
  storeId: "store-1",
  version: 7,
  hash: configurationHash(text),
  text,
};
const report: ConfigurationReport = {
  protocol: 1,
  running: { version: 6, hash: "a".repeat(64) },
  newest: {
    version: 7,
    hash: command.hash,
    state: "refused",
    reason: "it has mistakes",
    problems: [{ path: "batchAgeMs", line: 2, column: 13, message: "must be at least 50" }],
  },
  since: { epoch: "b".repeat(32), number: 12 },
};

describe("configuration codec", () => {
  test("commands and reports come back as they were sent", () => {
    expect(parseConfigurationCommand(encodeConfigurationCommand(command))).toEqual(command);
    const { text: _, ...rest } = command;
    const confirm = { ...rest, kind: "confirm" as const };
    expect(parseConfigurationCommand(encodeConfigurationCommand(confirm))).toEqual(confirm);
    expect(parseConfigurationReport(encodeConfigurationReport(report))).toEqual(report);
  });

  test("a text that does not belong to its hash, or is too long, is refused", () => {
    const changed = { ...command, text: `${text} ` };
    expect(() => parseConfigurationCommand(JSON.stringify(changed))).toThrow(
      expect.objectContaining({ code: "SESSION_MALFORMED" }),
    );
    const long = "#".repeat(48_001);
    const huge = { ...command, text: long, hash: configurationHash(long) };
    expect(() => parseConfigurationCommand(JSON.stringify(huge))).toThrow(
      expect.objectContaining({ code: "SESSION_MALFORMED" }),
    );
  });

  test("whatever comes, nothing but the coded error is thrown", () => {
    const spoilt = (sample: object) =>
      fc
        .tuple(fc.constantFrom(...Object.keys(sample)), fc.jsonValue())
        .map(([key, value]) => JSON.stringify({ ...sample, [key]: value }));
    const any = fc.oneof(fc.string(), fc.json(), spoilt(command), spoilt(report));
    fc.assert(
      fc.property(any, (given) => {
        for (const parse of [parseConfigurationCommand, parseConfigurationReport])
          try {
            parse(given);
          } catch (error) {
            expect(error).toMatchObject({ code: "SESSION_MALFORMED" });
          }
      }),
      { numRuns: process.env.FIREBREAK_SOAK ? 100_000 : 500 },
    );
  });
});
