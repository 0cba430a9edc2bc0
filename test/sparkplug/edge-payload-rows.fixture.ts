import { expect } from "vitest";
import type { EdgeJudge, Row } from "./edge-judge.fixture.ts";

/** Births of machines, data, sequence and metrics. */
export const edgePayloadRows: readonly Row<EdgeJudge>[] = [
  // DBIRTH
  {
    name: "tck-id-topics-dbirth-mqtt tck-id-payloads-dbirth-qos tck-id-payloads-dbirth-retain tck-id-message-flow-device-birth-publish-dbirth-qos tck-id-message-flow-device-birth-publish-dbirth-retained",
    check: ({ isPlain }) => isPlain("DBIRTH"),
  },
  {
    name: "tck-id-topics-dbirth-seq tck-id-payloads-dbirth-seq tck-id-payloads-dbirth-seq-inc tck-id-message-flow-device-birth-publish-dbirth-payload-seq",
    check: ({ countsOn }) => countsOn("DBIRTH"),
  },
  {
    name: "tck-id-topics-dbirth-timestamp tck-id-payloads-dbirth-timestamp tck-id-message-flow-device-birth-publish-dbirth-payload",
    check: ({ hasTime }) => hasTime("DBIRTH"),
  },
  {
    name: "tck-id-payloads-dbirth-order tck-id-message-flow-device-birth-publish-nbirth-wait: NBIRTH, then every DBIRTH, then all else",
    check: ({ birthsFirst }) => birthsFirst("DBIRTH"),
  },
  {
    name: "tck-id-topics-dbirth-metric-reqs tck-id-operational-behavior-data-publish-dbirth: whatever DDATA reports has been in the birth of that machine",
    check: ({ eachWithBirths }) =>
      eachWithBirths(({ type, content }, births) => {
        if (type === "DDATA")
          for (const { alias } of content.metrics)
            expect(births.get(alias ?? -1)?.name).toBe("Firebreak/Batch");
      }),
  },
  {
    name: "tck-id-topics-nbirth-metrics tck-id-topics-dbirth-metrics tck-id-operational-behavior-data-publish-nbirth-values tck-id-operational-behavior-data-publish-dbirth-values: name, data type, and a value or null",
    check: ({ of, metricsOf }) => {
      for (const { name, datatype, value, isNull } of metricsOf(of("NBIRTH", "DBIRTH"))) {
        expect([typeof name, typeof datatype]).toEqual(["string", "number"]);
        expect(isNull === true).toBe(value === undefined);
      }
    },
  },

  // NDATA and DDATA
  {
    name: "tck-id-topics-ndata-mqtt tck-id-payloads-ndata-qos tck-id-payloads-ndata-retain",
    check: ({ isPlain }) => isPlain("NDATA"),
  },
  {
    name: "tck-id-topics-ndata-seq-num tck-id-payloads-ndata-seq tck-id-payloads-ndata-seq-inc",
    check: ({ countsOn }) => countsOn("NDATA"),
  },
  {
    name: "tck-id-topics-ndata-timestamp tck-id-payloads-ndata-timestamp",
    check: ({ hasTime }) => hasTime("NDATA"),
  },
  {
    name: "tck-id-payloads-ndata-order: after the births",
    check: ({ birthsFirst }) => birthsFirst("NDATA"),
  },
  {
    name: "tck-id-topics-ddata-mqtt tck-id-payloads-ddata-qos tck-id-payloads-ddata-retain",
    check: ({ isPlain }) => isPlain("DDATA"),
  },
  {
    name: "tck-id-topics-ddata-seq-num tck-id-payloads-ddata-seq tck-id-payloads-ddata-seq-inc",
    check: ({ countsOn }) => countsOn("DDATA"),
  },
  {
    name: "tck-id-topics-ddata-timestamp tck-id-payloads-ddata-timestamp",
    check: ({ hasTime }) => hasTime("DDATA"),
  },
  {
    name: "tck-id-payloads-ddata-order: after the births",
    check: ({ birthsFirst }) => birthsFirst("DDATA"),
  },
  {
    name: "tck-id-topics-ndata-payload tck-id-operational-behavior-data-publish-nbirth-change: NDATA holds what has changed since it was said last",
    check: ({ sessions }) => {
      for (const { messages } of sessions) {
        const last = new Map<number, unknown>();
        for (const { type, content } of messages)
          for (const { alias, value, isNull, isHistorical } of content.metrics) {
            if (alias === undefined || !type.startsWith("N")) continue;
            const now = isNull ? null : value;
            if (type === "NDATA" && !isHistorical) expect(last.get(alias)).not.toBe(now);
            last.set(alias, now);
          }
      }
    },
  },
  {
    name: "tck-id-topics-ddata-payload tck-id-operational-behavior-data-publish-dbirth-change: DDATA holds new batches; one goes out twice only while it is not acknowledged",
    check: ({ of, metricsOf }) => {
      const blocks = metricsOf(of("DDATA")).map(({ value }) =>
        Buffer.from(value as Uint8Array).toString("hex"),
      );
      const repeated = blocks.length - new Set(blocks).size;
      expect(repeated).toBeLessThan(blocks.length / 10);
    },
  },

  // Order, sequence, metrics
  {
    name: "tck-id-operational-behavior-data-publish-nbirth-order tck-id-operational-behavior-data-publish-dbirth-order: times of a metric do not go back within a payload",
    check: ({ all }) => {
      for (const { content } of all) {
        const newest = new Map<string, number>();
        for (const { name, alias, timestampMs = 0, isHistorical } of content.metrics) {
          if (isHistorical) continue;
          const key = name ?? `#${alias}`;
          expect(timestampMs).toBeGreaterThanOrEqual(newest.get(key) ?? 0);
          newest.set(key, timestampMs);
        }
      }
    },
  },
  {
    name: "tck-id-payloads-sequence-num-always-included: in all but NDEATH",
    check: ({ countsOn }) => countsOn("NBIRTH", "DBIRTH", "NDATA", "DDATA"),
  },
  {
    name: "tck-id-payloads-timestamp-in-UTC: times of payloads",
    check: ({ hasTime }) => hasTime("NBIRTH", "DBIRTH", "NDATA", "DDATA"),
  },
  {
    name: "tck-id-payloads-name-birth-data-requirement tck-id-payloads-metric-timestamp-in-UTC: every metric of births and data has a time, in UTC",
    check: ({ talk, of, metricsOf }) => {
      for (const { timestampMs = 0 } of metricsOf(of("NBIRTH", "DBIRTH", "NDATA", "DDATA"))) {
        expect(timestampMs).toBeGreaterThanOrEqual(talk.beganMs);
        expect(timestampMs).toBeLessThanOrEqual(talk.endedMs);
      }
    },
  },
  {
    name: "tck-id-payloads-name-requirement tck-id-payloads-alias-birth-requirement tck-id-payloads-alias-data-cmd-requirement: data by alias have no name, and the birth had both",
    check: ({ eachWithBirths }) =>
      eachWithBirths(({ type, content }, births, names) => {
        if (type === "NDEATH") return;
        for (const { name, alias } of content.metrics) {
          if (alias === undefined) expect(names.has(name ?? "")).toBe(true);
          else expect([name, typeof births.get(alias)?.name]).toEqual([undefined, "string"]);
        }
      }),
  },
  {
    name: "tck-id-payloads-alias-uniqueness: an alias stands for one metric of the node and all its machines",
    check: ({ sessions }) => {
      for (const { messages } of sessions) {
        let taken = new Set<number>();
        for (const { type, content } of messages) {
          if (type === "NBIRTH") taken = new Set();
          if (!type.endsWith("BIRTH")) continue;
          for (const { alias } of content.metrics) {
            if (alias === undefined) continue;
            expect(taken.has(alias)).toBe(false);
            taken.add(alias);
          }
        }
      }
    },
  },
  {
    name: "tck-id-payloads-metric-datatype-value-type tck-id-payloads-metric-datatype-value tck-id-payloads-metric-datatype-req: births name a data type of the specification for each metric",
    check: ({ of, metricsOf }) => {
      for (const { datatype = 0 } of metricsOf(of("NBIRTH", "DBIRTH")))
        expect(datatype >= 1 && datatype <= 34).toBe(true);
    },
  },
  {
    name: "tck-id-payloads-metric-datatype-not-req: data by alias name none",
    check: ({ of, metricsOf }) => {
      for (const { alias, datatype } of metricsOf(of("DDATA", "NDATA")))
        if (alias !== undefined) expect(datatype).toBeUndefined();
    },
  },
  {
    name: "tck-id-case-sensitivity-metric-names: no two metrics of a birth differ in case alone",
    check: ({ of }) => {
      for (const { content } of of("NBIRTH", "DBIRTH")) {
        const names = content.metrics.map(({ name }) => name?.toLowerCase());
        expect(new Set(names).size).toBe(names.length);
      }
    },
  },
];
