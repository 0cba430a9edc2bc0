import { describe, expect, test } from "vitest";
import {
  cancelClock,
  cancelClocks,
  pauseClock,
  pauseClocks,
  resumeClock,
  resumeClocks,
  startClock,
  stopClock,
  stopClocks,
  tightenClock,
} from "./clock-actions.ts";
import { advanceClock, levelOf, nextLevelAt, nextLookAt } from "./clock-levels.ts";
import { isRecomputable } from "./recompute-clock.ts";
import { hour, msAfter, plain, running, shanghai } from "./sla.fixture.ts";
import { targetsOf } from "./sla-targets.ts";
import {
  addClock,
  changedClocks,
  mergeClocks,
  raiseClocks,
  replaceClocks,
} from "./ticket-clocks.ts";

const at = shanghai("2026-03-02 08:00");
const later = (hours: number) => msAfter(at, hours * hour);
const target = { minutes: 10 * 60 };

describe("pauses", () => {
  test("SL-1: the due time moves by the paused time", () => {
    const paused = pauseClock(running(at, target), later(2), "customer_postponed");
    expect(paused).toMatchObject({ status: "paused", dueAt: later(10) });
    const resumed = resumeClock(paused, later(5));
    expect(resumed).toMatchObject({ status: "running", dueAt: later(13) });
    const again = resumeClock(pauseClock(resumed, later(6), "site_closed"), later(7));
    expect(again.dueAt).toBe(later(14));
  });

  test("SL-4: no reason pauses a response, and only the customer's reasons pause anything", () => {
    const code = (act: () => unknown) => {
      try {
        act();
        return "none";
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    const response = running(at, target, "response");
    expect(code(() => pauseClock(response, later(1), "site_closed"))).toBe("SLA_PAUSE");
    expect(code(() => pauseClock(running(at, target), later(1), "safety"))).toBe("SLA_PAUSE");
    const clocks = [response, running(at, target)];
    expect(pauseClocks(clocks, later(1), "safety")).toEqual(clocks);
    const held = pauseClocks(clocks, later(1), "site_closed");
    expect(held.map(({ status }) => status)).toEqual(["running", "paused"]);
    expect(resumeClocks(held, later(3)).map(({ dueAt }) => dueAt)).toEqual([later(10), later(12)]);
  });

  test("a date and a count of working days are not moved", () => {
    const until = running(at, { until: later(10) }, "resolution");
    expect(() => pauseClock(until, later(1), "site_closed")).toThrow(/never pauses/);
  });

  test("a pause that begins after the due time saves nothing", () => {
    const clock = pauseClock(running(at, target), later(11), "site_closed");
    expect(clock).toMatchObject({ status: "breached", breachedAt: later(10), pauses: [] });
    expect(resumeClock(clock, later(12))).toBe(clock);
  });

  test("a clock stopped while it is paused is met", () => {
    const paused = pauseClock(running(at, target), later(2), "site_closed");
    expect(stopClock(paused, later(50))).toMatchObject({ status: "met", stoppedAt: later(50) });
  });
});

describe("stopping", () => {
  test("SL-3: stop exactly at due is met", () => {
    expect(stopClock(running(at, target), later(10))).toMatchObject({
      status: "met",
      stoppedAt: later(10),
    });
  });

  test("SL-2: a breach stays, with its overrun, whatever comes after", () => {
    const late = stopClock(running(at, target), later(12));
    expect(late).toMatchObject({ status: "breached", overrunMs: 2 * hour, breachedAt: later(10) });
    expect(stopClock(late, later(20))).toBe(late);
    expect(cancelClock(late, later(20))).toBe(late);
    expect(cancelClock(running(at, target), later(11)).status).toBe("breached");
    const { clock } = advanceClock(running(at, target), later(11));
    expect(tightenClock(clock, later(11), { minutes: 1 })).toBe(clock);
  });

  test("SL-5, ES-6: what was done in time and told later was no breach, whatever was noted meanwhile", () => {
    const { clock, reached } = advanceClock(running(at, target), later(11));
    expect(reached).toEqual(["warned", "breached"]);
    const { breachedAt: _breachedAt, ...noted } = clock;
    const stopped = stopClock(clock, later(10));
    expect(stopped).toEqual({ ...noted, status: "met", stoppedAt: later(10) });
    expect(isRecomputable(stopped, plain)).toBe(true);
  });

  test("a clock no longer asked for in time is cancelled", () => {
    expect(cancelClock(running(at, target), later(1))).toMatchObject({ status: "cancelled" });
  });

  test("one kind or all of a ticket's clocks", () => {
    const clocks = [running(at, target, "response"), running(at, target)];
    const status = (all: readonly { status: string }[]) => all.map((clock) => clock.status);
    expect(status(stopClocks(clocks, "response", later(1)))).toEqual(["met", "running"]);
    expect(status(cancelClocks(clocks, later(1), "arrival"))).toEqual(["running", "cancelled"]);
    expect(status(cancelClocks(clocks, later(1)))).toEqual(["cancelled", "cancelled"]);
  });
});

describe("tightening and merging", () => {
  test("MR-4: due = min(due, raisedAt + new target)", () => {
    const clock = running(at, { minutes: 48 * 60 });
    expect(tightenClock(clock, later(10), { minutes: 12 * 60 }).dueAt).toBe(later(22));
    expect(tightenClock(clock, later(40), { minutes: 12 * 60 }).dueAt).toBe(later(48));
  });

  test("a pause after the raise moves both limits, one before it only the first", () => {
    const held = resumeClock(pauseClock(running(at, target), later(1), "site_closed"), later(2));
    const raised = tightenClock(held, later(3), { minutes: 120 });
    expect(raised.dueAt).toBe(later(5));
    const again = resumeClock(pauseClock(raised, later(4), "site_closed"), later(7));
    expect(again.dueAt).toBe(later(8));
  });

  test("MR-4: a raised ticket also owes what only the higher priority promises", () => {
    const general = targetsOf("standard", "general", "anomaly");
    const clocks = raiseClocks([], general, { at, calendar: plain });
    const answered = stopClocks(clocks, "response", later(1));
    const emergency = targetsOf("standard", "emergency", "anomaly");
    const raised = raiseClocks(answered, emergency, { at: later(2), calendar: plain });
    expect(raised.map(({ kind, status, dueAt }) => [kind, status, dueAt])).toEqual([
      ["response", "met", later(8)],
      ["resolution", "running", later(48)],
      ["arrival", "running", later(26)],
    ]);
  });

  test("MR-3: after a merge the earliest due wins, what is over stays over, the rest comes along", () => {
    const staying = [
      stopClock(running(at, { minutes: 60 }, "response"), later(0.5)),
      running(at, { minutes: 600 }),
    ];
    const merged = [
      running(at, { minutes: 30 }, "response"),
      running(at, { minutes: 300 }),
      running(at, { minutes: 900 }, "resolution"),
      stopClock(running(at, { minutes: 5 }, "report_upload"), at),
    ];
    const all = mergeClocks(staying, merged, later(1));
    expect(all.map(({ clockId, status, dueAt }) => [clockId, status, dueAt])).toEqual([
      ["response-1", "met", later(1)],
      ["arrival-1", "running", later(5)],
      ["resolution-1", "running", later(15)],
    ]);
  });

  test("MR-3: a due time that has passed on the merged ticket has passed on the one that stays", () => {
    const all = mergeClocks([running(at, target)], [running(at, { minutes: 60 })], later(2));
    expect(all).toMatchObject([{ status: "breached", breachedAt: later(1), dueAt: later(1) }]);
  });

  test("a further clock of a kind gets the next number", () => {
    const first = addClock([], { kind: "arrival", at, target }, plain);
    const second = addClock(first, { kind: "arrival", at: later(1), target }, plain);
    expect(second.map(({ clockId }) => clockId)).toEqual(["arrival-1", "arrival-2"]);
    expect(changedClocks(first, second)).toEqual([second[1]]);
    const stopped = second.map((clock) => stopClock(clock, later(2)));
    expect(replaceClocks(first, stopped)).toEqual(stopped);
  });
});

describe("levels", () => {
  const clock = running(at, target);

  test.each([
    { ms: 8 * hour - 1, level: "ok" },
    { ms: 8 * hour, level: "warned" },
    { ms: 10 * hour, level: "warned" },
    { ms: 10 * hour + 1, level: "breached" },
    { ms: 15 * hour - 1, level: "breached" },
    { ms: 15 * hour, level: "escalated" },
  ])("ES-1: $ms ms after the start of 10 h is $level", ({ ms, level }) => {
    expect(levelOf(clock, Date.parse(at) + ms)).toBe(level);
  });

  test("each level is told exactly once, however rarely one looks", () => {
    const first = advanceClock(clock, later(8));
    expect(first.reached).toEqual(["warned"]);
    expect(advanceClock(first.clock, later(9)).reached).toEqual([]);
    const last = advanceClock(first.clock, later(100));
    expect(last.reached).toEqual(["breached", "escalated"]);
    expect(last.clock).toMatchObject({ status: "breached", breachedAt: later(10) });
    expect(nextLevelAt(last.clock)).toBeUndefined();
  });

  test("a breach that ended before anybody looked is told all the same", () => {
    const late = stopClock(clock, later(12));
    expect(nextLevelAt(late)).toBe(later(8));
    const told = advanceClock(late, later(13));
    expect(told.reached).toEqual(["warned", "breached"]);
    expect(nextLevelAt(told.clock)).toBeUndefined();
  });

  test("a paused clock waits, and warns by its own time afterwards", () => {
    const paused = pauseClock(clock, later(5), "site_closed");
    expect(nextLevelAt(paused)).toBeUndefined();
    expect(levelOf(paused, Date.parse(later(50)))).toBe("ok");
    expect(nextLevelAt(resumeClock(paused, later(8)))).toBe(later(11));
  });

  test("the next look is the earliest of all clocks", () => {
    expect(nextLookAt([clock, running(at, { minutes: 60 }, "response")])).toBe(later(0.8));
    expect(nextLookAt([stopClock(clock, at)])).toBeUndefined();
  });

  test("a tightened clock warns by its tightened time", () => {
    expect(nextLevelAt(tightenClock(clock, later(1), { minutes: 240 }))).toBe(later(4));
  });

  test("what is due at once is breached a millisecond later and never merely warned before", () => {
    const now = startClock(
      { clockId: "r", kind: "parts_reply", at, target: { minutes: 0 } },
      plain,
    );
    expect(levelOf(now, Date.parse(at) - 1)).toBe("ok");
    expect(stopClock(now, at).status).toBe("met");
    expect(levelOf(now, Date.parse(at) + 1)).toBe("escalated");
  });
});
