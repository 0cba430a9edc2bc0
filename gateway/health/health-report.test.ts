import type { HealthEntry, HealthValue } from "@firebreak/wire/gateway-health.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { HealthReport } from "./health-report.ts";

const nowMs = Date.parse("2026-11-26T05:12:00Z");

describe("what goes out of it", () => {
  const clock = {
    wallMs: nowMs,
    growing: 0,
    nowMs: () => clock.wallMs,
    monotonicMs: () => clock.growing,
  };
  const sent: { entries: readonly HealthEntry[]; isHistorical: boolean }[] = [];
  let births = 0;
  let report: HealthReport;
  const pass = (ms: number) => {
    clock.wallMs += ms;
    clock.growing += ms;
  };
  const values = (state: HealthValue, load: HealthValue) =>
    new Map<string[], HealthValue>([
      [["a", "state"], state],
      [["a", "load"], load],
    ]);
  const look = (state: HealthValue, load: HealthValue) => report.look(values(state, load));

  beforeEach(() => {
    clock.wallMs = nowMs;
    sent.length = 0;
    births = 0;
    report = new HealthReport({
      clock,
      send: (entries, isHistorical) => sent.push({ entries, isHistorical }) > 0,
      rebirth: () => births++,
    });
    expect(report.births(values("ok", 1))).toMatchObject([
      { value: "ok", atMs: nowMs },
      { value: 1 },
    ]);
    report.sessionBegan();
    report.heard();
  });

  test("a state within seconds and with it every figure that changed; figures alone now and then", () => {
    look("ok", 1);
    look("ok", 2);
    expect(sent).toEqual([]);
    pass(1_000);
    look("down", 3);
    expect(sent).toEqual([
      {
        isHistorical: false,
        entries: [
          { path: ["a", "state"], value: "down", atMs: nowMs + 1_000 },
          { path: ["a", "load"], value: 3, atMs: nowMs + 1_000 },
        ],
      },
    ]);
    look("ok", 4);
    expect(sent).toHaveLength(1);
    pass(5_000);
    look("ok", 4);
    expect(sent).toHaveLength(2);
    pass(900_000);
    look("ok", 5);
    expect(sent[2]?.entries).toMatchObject([{ path: ["a", "load"], value: 5 }]);
  });

  test("A2: what came and went while there was no link is told afterwards, with its times", () => {
    report.sessionEnded();
    pass(60_000);
    look("down", 1);
    pass(60_000);
    look("ok", 1);
    pass(60_000);
    look("ok", 1);
    report.births(values("ok", 1));
    report.sessionBegan();
    expect(sent).toEqual([
      {
        isHistorical: true,
        entries: [
          { path: ["a", "state"], value: "down", atMs: nowMs + 60_000 },
          { path: ["a", "state"], value: "ok", atMs: nowMs + 120_000 },
        ],
      },
    ]);
  });

  test("A2: births that no hub was there to hear tell nobody anything", () => {
    report.sessionEnded();
    pass(60_000);
    look("down", 1);
    report.births(values("down", 1));
    pass(60_000);
    look("ok", 1);
    report.births(values("ok", 1));
    report.sessionBegan();
    expect(sent.map(({ entries }) => entries)).toEqual([
      [
        { path: ["a", "state"], value: "down", atMs: nowMs + 60_000 },
        { path: ["a", "state"], value: "ok", atMs: nowMs + 120_000 },
      ],
    ]);
  });

  test("A2: what was sent over a link that was dead already, and has passed, is told again", () => {
    pass(60_000);
    report.heard();
    look("down", 1);
    pass(6_000);
    look("ok", 1);
    pass(6_000);
    look("down", 1);
    expect(sent).toHaveLength(3);
    sent.length = 0;
    pass(6_000);
    report.sessionEnded();
    look("ok", 1);
    report.births(values("ok", 1));
    report.sessionBegan();
    expect(sent).toMatchObject([
      {
        isHistorical: true,
        entries: [
          { value: "down", atMs: nowMs + 60_000 },
          { value: "ok", atMs: nowMs + 66_000 },
          { value: "down", atMs: nowMs + 72_000 },
          { value: "ok", atMs: nowMs + 78_000 },
        ],
      },
    ]);
  });

  test("A2: what was told in births over a link that was dead already, and has passed, is told again", () => {
    const bornTwice = (between: () => void) => {
      pass(10_000);
      report.heard();
      report.sessionEnded();
      pass(60_000);
      look("down", 1);
      report.births(values("down", 1));
      report.sessionBegan();
      between();
      pass(60_000);
      report.sessionEnded();
      look("ok", 1);
      sent.length = 0;
      report.births(values("ok", 1));
      report.sessionBegan();
      report.heard();
      return sent.map(({ entries }) => entries.map(({ value, atMs }) => [value, atMs - nowMs]));
    };
    const told = [
      ["down", 70_000],
      ["ok", 130_000],
    ];
    expect(bornTwice(() => undefined)).toEqual([told]);
    expect(bornTwice(() => report.heard())).toEqual([]);
  });

  test("A2: what was told afterwards over a link that was dead already is told again", () => {
    report.sessionEnded();
    pass(60_000);
    look("down", 1);
    pass(60_000);
    const session = () => {
      sent.length = 0;
      report.births(values("ok", 1));
      report.sessionBegan();
      report.heard();
      return sent.flatMap(({ entries }) => entries.map(({ value }) => value));
    };
    expect(session()).toEqual(["down", "ok"]);
    report.sessionEnded();
    expect(session()).toEqual(["down", "ok"]);
    pass(10_000);
    report.heard();
    report.sessionEnded();
    expect(session()).toEqual([]);
  });

  test("what the hub was heard after is not told again", () => {
    pass(60_000);
    look("down", 1);
    pass(6_000);
    look("ok", 1);
    pass(20_000);
    report.heard();
    sent.length = 0;
    report.sessionEnded();
    look("ok", 1);
    report.births(values("ok", 1));
    report.sessionBegan();
    expect(sent).toEqual([]);
  });

  test("A2: a line that goes by another name by now keeps nothing else from being told", () => {
    report.sessionEnded();
    const unnamed = ["line", "state"];
    report.look(new Map([...values("ok", 1), [unnamed, "opening"]]));
    report.look(new Map([...values("down", 1), [unnamed, "down"]]));
    pass(60_000);
    look("ok", 1);
    report.births(values("ok", 1));
    // As the edge node: all of it, or nothing.
    const named = (entries: readonly HealthEntry[]) => entries.every(({ path }) => path[0] === "a");
    report.sessionBegan();
    expect(sent.map(({ entries }) => named(entries))).toEqual([true]);
    expect(sent[0]?.entries).toMatchObject([{ value: "down" }, { value: "ok" }]);
  });

  test("E1: since when something is so is right even where the clock was set in between", () => {
    pass(10_000);
    clock.wallMs = 0;
    const unknown = new Map([[["clock", "trust"], "unknown"]]);
    report.look(unknown);
    expect(births).toBe(1);
    pass(60_000);
    clock.wallMs = nowMs + 70_000;
    expect(report.births(unknown)).toMatchObject([{ value: "unknown", atMs: nowMs + 10_000 }]);
  });

  test("what is new at a birth is in it and asks for no other, what is no more is not", () => {
    const path = ["b", "state"];
    expect(report.births(new Map([[path, "ok"]]))).toMatchObject([{ path }]);
    report.look(new Map([[path, "ok"]]));
    expect(births).toBe(0);
    report.look(new Map([...values("ok", 1), [path, "ok"]]));
    expect(births).toBe(1);
  });
});
