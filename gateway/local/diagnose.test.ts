import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SourceStatus } from "../gateway-status.ts";
import type { RegisterSignal } from "../sources/modbus/registers/decode-register.ts";
import type { SpoolStatus } from "../spool/spool-status.ts";
import { diagnose } from "./diagnose.ts";
import { type Facts, type InspectedStatus, rateKey, type SourceRate } from "./facts.ts";
import { languages, textOf } from "./finding-texts.ts";
import { findingCodes } from "./findings.ts";
import { judgeRegisters, type SignalLook } from "./judge-registers.ts";
import { SignalWatch } from "./signal-watch.ts";

const plan = loadPlan("loader-tractor");
const dictionary = dictionaryOfPlan(plan);
const { acquisition } = plan;
const firstBound = dictionary.signals.findIndex(
  ({ name }) => acquisition.signals[name]?.j1939?.sa !== undefined,
);
const bound = dictionary.signals[firstBound]?.name ?? "";
const place = acquisition.signals[bound]?.j1939;

const can: SourceStatus = {
  machineId: "M",
  source: "can0",
  state: "open",
  detail: "",
  counters: { frames: 1_000, errorFrames: 0 },
};
const wellTime: InspectedStatus["time"] = {
  trust: "ntp",
  correctionMs: 0,
  sources: [],
  heldSamples: 0,
  hub: null,
  isSuspect: false,
  steps: { count: 0, lastMs: null },
  lostSamples: 0,
};

const wellStorage: SpoolStatus["storage"] = {
  state: "ok",
  code: "",
  sinceMs: null,
  memoryBytes: 0,
  memoryMaxBytes: 8_000_000,
  memoryMinutesLeft: null,
};
const spoolWith = (changed: Partial<SpoolStatus>): { status: Partial<InspectedStatus> } => {
  const counts = { epochBatches: 0, epochSettled: 0, bytes: 0, pendingBatches: 0, pendingBytes: 0 };
  const room = { maxBytes: 1e9, roomBytes: 1e9, hoursLeft: 72, hoursToCatchUp: null };
  const state = { unreadable: 0, isFull: false, reducedSinceMs: null, keptAside: [], machines: {} };
  const spool = { epoch: "", storeId: null, ...counts, ...room, ...state, storage: wellStorage };
  return { status: { spool: { ...spool, ...changed } } };
};

/** A healthy gateway with one bus, changed as a test wants. */
function factsOf(
  changed: {
    bus?: Partial<SourceStatus>;
    rate?: Partial<SourceRate>;
    status?: Partial<InspectedStatus>;
    senders?: Map<number, number[]>;
    watch?: (watch: SignalWatch) => void;
  } = {},
): Facts {
  const watch = new SignalWatch(dictionary.signals.length);
  const columns = new SampleColumns(0n, 64);
  for (const index of dictionary.signals.keys()) columns.push(index, 0, 1, Quality.good);
  watch.note(columns, 0);
  changed.watch?.(watch);
  const bus = { ...can, ...changed.bus };
  const errors = { errorsPerSecond: 0, busErrors: 0, spoiltShare: 0 };
  const rate = { perSecond: 400, silentMs: 0, ...errors, ...changed.rate };
  const senders = () => changed.senders ?? new Map();
  return {
    status: {
      gatewayId: "g",
      sources: [bus],
      link: { link: "sending", detail: "" },
      time: wellTime,
      ...changed.status,
    },
    machines: [{ machineId: "M", acquisition, dictionary, watch, sources: [], can: [{ senders }] }],
    rates: new Map([[rateKey(bus), rate]]),
    looks: new Map(),
    watchedMs: 60_000,
    nowMs: 60_000,
  };
}

const codesOf = (facts: Facts) => diagnose(facts).map(({ code }) => code);

describe("what is wrong", () => {
  test("nothing, where nothing is", () => {
    expect(diagnose(factsOf())).toEqual([]);
  });

  test.each<[string, Parameters<typeof factsOf>[0], string]>([
    [
      "a bus that never spoke",
      { bus: { counters: { frames: 0 } }, rate: { silentMs: 9_000 } },
      "bus-silent",
    ],
    [
      "a wrong bit rate: only error frames",
      { bus: { counters: { frames: 50, errorFrames: 50 } } },
      "bus-only-errors",
    ],
    ["a bad contact", { rate: { errorsPerSecond: 40 } }, "bus-errors"],
    [
      "a wrong bit rate at a serial adapter: no frame, and errors",
      { bus: { counters: { frames: 0, busErrors: 3 } }, rate: { silentMs: 9_000, busErrors: 3 } },
      "bus-only-errors",
    ],
    [
      "no termination at a serial adapter: frames, and errors",
      { rate: { busErrors: 2 } },
      "bus-termination",
    ],
    [
      "no termination on RS-485: some answers are spoilt",
      { bus: { source: "modbus-rtu x", counters: {} }, rate: { spoiltShare: 0.2 } },
      "line-errors",
    ],
    ["no such interface", { bus: { state: "waiting", detail: "ENODEV" } }, "bus-unreachable"],
    [
      "a dead link",
      { status: { link: { link: "disconnected", detail: "ECONNREFUSED" } } },
      "link-down",
    ],
    ["no time", { status: { time: { ...wellTime, trust: "unknown" } } }, "time-unknown"],
    [
      "E1: a clock that nobody confirms and the hub contradicts",
      {
        status: {
          time: {
            ...wellTime,
            trust: "unconfirmed",
            isSuspect: true,
            hub: { differenceMs: 11_520_000, boundMs: 50 },
          },
        },
      },
      "time-suspect",
    ],
    [
      "E3: a receiver with a rollover",
      {
        status: {
          time: {
            ...wellTime,
            sources: [{ from: "gnss", differenceMs: 1, ageMs: 1, doubt: "week rollover" }],
          },
        },
      },
      "time-refused",
    ],
    ["room for a few hours only", spoolWith({ hoursLeft: 5 }), "spool-short"],
    [
      "B6: a full spool: resolution is reduced",
      spoolWith({ reducedSinceMs: 1_700_000_000_000 }),
      "spool-reduced",
    ],
    [
      "B7: a disk that takes nothing",
      spoolWith({ storage: { ...wellStorage, state: "failing", code: "EROFS" } }),
      "disk-failing",
    ],
    ["B4: records that cannot be read", spoolWith({ unreadable: 3 }), "spool-unreadable"],
    ["B10: data of a newer version", spoolWith({ keptAside: ["kept/1"] }), "spool-kept-aside"],
    [
      "a disk that is full before the gateway starts",
      { status: { disk: { problem: "ENOSPC", freeBytes: 0 } } },
      "disk-failing",
    ],
    [
      "a certificate that ends",
      { status: { certificate: { daysLeft: 3, problem: "" } } },
      "certificate",
    ],
  ])("%s", (_, changed, code) => {
    expect(codesOf(factsOf(changed))).toEqual([code]);
  });

  test("B7: how long memory lasts is told with the failing disk, in both languages", () => {
    const storage = { ...wellStorage, state: "failing", code: "EROFS" } as const;
    const found = diagnose(
      factsOf(spoolWith({ storage: { ...storage, memoryMinutesLeft: 42.7 }, hoursLeft: 3 })),
    );
    expect(found.map(({ code }) => code)).toEqual(["disk-failing", "memory-short"]);
    expect(found.map((one) => textOf(one, "en").is)).toEqual([
      "The disk takes nothing: read-only (EROFS)",
      "Memory is full in 42 min if the hub stays away",
    ]);
    expect(found.map((one) => textOf(one, "zh-CN").is)).toEqual([
      "磁盘无法写入：只读（EROFS）",
      "若中心仍连不上，内存还能存 42 分钟",
    ]);
  });

  test("a message that comes from another control unit is told with both addresses", () => {
    const facts = factsOf({
      senders: new Map([[place?.pgn ?? 0, [200]]]),
      watch: (watch) => {
        const columns = new SampleColumns(0n, 1);
        columns.push(firstBound, 0, Number.NaN, Quality.stale);
        watch.note(columns, 0);
      },
    });
    expect(diagnose(facts)).toMatchObject([
      {
        code: "signal-other-address",
        subjects: [bound],
        facts: { pgn: place?.pgn, planned: place?.sa, seen: "200" },
      },
    ]);
  });

  test("every finding has words in both languages, and something to do", () => {
    for (const code of findingCodes)
      for (const language of languages) {
        const { is, todo } = textOf(
          { code, severity: "fault", subjects: ["a"], facts: { source: "can0" } },
          language,
        );
        expect(is.length, code).toBeGreaterThan(1);
        expect(todo.length, code).toBeGreaterThan(5);
      }
  });
});

/** A signal of a made-up map, and what the device holds around it. */
function look(
  name: string,
  position: Partial<RegisterSignal["position"]>,
  words: { here?: number[]; before?: number[]; after?: number[] },
  [min, max]: [number, number] = [0, 1_000],
): SignalLook {
  const signal: RegisterSignal = {
    index: 0,
    position: { table: "holding", address: 10, type: "uint32", ...position },
    scale: 1,
    offset: 0,
    min,
    max,
  };
  return { name, signal, here: words.here, before: words.before, after: words.after };
}

describe("registers", () => {
  test("wrong word order: implausible as planned, plausible swapped", () => {
    const looks = [
      look("hours", {}, { here: [345, 0], before: [0, 345], after: [0, 7] }),
      look("load", { type: "float32" }, { here: [0, 0x42f6], before: [9, 0], after: [0x42f6, 0] }),
      look("valve", { type: "uint16" }, { here: [3], before: [2], after: [4] }),
    ];
    expect(judgeRegisters(looks)).toEqual({
      order: { signals: ["hours", "load"], wordOrder: "little" },
    });
  });

  test("wrong byte order: every value is implausible, and plausible with its bytes turned", () => {
    const type = "uint16" as const;
    const looks = [
      look("hours", {}, { here: [0, 0x5901], before: [9, 0], after: [0x5901, 7] }, [0, 1_000]),
      look("oil", { type }, { here: [0x2c01], before: [0x5901], after: [0x1400] }, [100, 500]),
      look("water", { type }, { here: [0x1400], before: [0x2c01], after: [0] }, [-40, 60]),
    ];
    const signals = ["hours", "oil", "water"];
    expect(judgeRegisters(looks)).toEqual({ order: { signals, byteOrder: "little" } });
    const both = [
      look("hours", {}, { here: [0x5901, 0], before: [9, 0x5901], after: [0, 7] }, [0, 1_000]),
      ...looks.slice(1),
    ];
    const order = { signals, byteOrder: "little", wordOrder: "little" };
    expect(judgeRegisters(both)).toEqual({ order });
  });

  test("addresses off by one, with values or refusals where the plan looks", () => {
    const type = "uint16" as const;
    const looks = [
      look("oil", { type }, { here: [5_000], before: [7_000], after: [300] }),
      look("water", { type }, { after: [90] }),
      look("level", { type }, { here: [10], before: [5_000], after: [50] }),
    ];
    expect(judgeRegisters(looks)).toEqual({ shift: { signals: ["oil", "water"], by: 1 } });
  });

  test("one broken sensor among good ones is no miswiring", () => {
    const type = "uint16" as const;
    const looks = [
      look("oil", { type }, { here: [65_000], before: [80], after: [90] }),
      look("water", { type }, { here: [80], before: [300], after: [65_000] }),
      look("level", { type }, { here: [90], before: [65_000], after: [0] }),
    ];
    expect(judgeRegisters(looks)).toEqual({});
  });

  test("a device that answers as planned is never suspected, whatever lies beside its values", () => {
    const word = fc.integer({ min: 0, max: 65_535 });
    const any = fc.array(fc.tuple(word, word, fc.integer({ min: 0, max: 1_000 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(any, (values) => {
        const looks = values.map(([before, after, here], at) =>
          look(`s${at}`, { type: "uint16" }, { here: [here], before: [before], after: [after] }),
        );
        expect(judgeRegisters(looks)).toEqual({});
      }),
    );
  });
});
