import { describe, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../lifecycle/step.ts";
import { dueSilences } from "./due-silences.ts";
import { silentMachine } from "./silence.fixture.ts";
import { stepOf } from "./silence-episode.ts";
import { silencePolicy } from "./silence-policy.ts";
import type { SilentMachine } from "./silent-machine.ts";

const due = (silent: readonly SilentMachine[], openedLately = 0, excused: string[] = []) => {
  const isExcused = (machineId: string) => excused.includes(machineId);
  const found = dueSilences(silent, { policy: silencePolicy, isExcused, openedLately });
  return { ids: found.due.map(({ machineId }) => machineId), waiting: found.waiting };
};
const startMs = Date.parse("2026-02-01T00:00:00.000Z");
/** Lost one after the other, so many minutes apart. */
const lost = (count: number, apartMinutes: number, facts: Partial<SilentMachine> = {}) =>
  Array.from({ length: count }, (_, at) =>
    silentMachine({
      machineId: `M-${at}`,
      sinceMs: startMs + at * apartMinutes * MINUTE_MS,
      ...facts,
    }),
  );

describe("dueSilences", () => {
  test.each([
    { name: "a power cut", facts: { cause: "power-cut", detail: "earlier" }, is: true },
    { name: "no coverage of this one alone", facts: { cause: "no-coverage" }, is: true },
    { name: "a certificate that ran out", facts: { cause: "credentials" }, is: true },
    { name: "a dead bus", facts: { cause: "bus-dead", detail: "can0: down" }, is: true },
    { name: "storage that fails", facts: { cause: "gateway-backlog", detail: "memory" }, is: true },
    { name: "an hour too early", facts: { heardMs: 23 * HOUR_MS }, is: false },
    { name: "switched off", facts: { cause: "switched-off" }, is: false },
    { name: "as usual at this time", facts: { isUsual: true }, is: false },
    { name: "the hub was away", facts: { cause: "hub-away" }, is: false },
    { name: "the hub's network", facts: { cause: "hub-network" }, is: false },
    {
      name: "a whole site without coverage",
      facts: { cause: "no-coverage", detail: "neighbours" },
      is: false,
    },
    {
      name: "turned away on purpose",
      facts: { cause: "credentials", detail: "revoked" },
      is: false,
    },
    {
      name: "data that come later by themselves",
      facts: { cause: "gateway-backlog", detail: "catching-up" },
      is: false,
    },
  ])("$name: somebody goes there: $is", ({ facts, is }) => {
    expect(due([silentMachine(facts)])).toEqual({ ids: is ? ["M-1"] : [], waiting: 0 });
  });

  test("a plan may ask for more patience, or for less", () => {
    const of = {
      policy: silencePolicy,
      isExcused: () => false,
      openedLately: 0,
      afterHoursOf: (machineId: string) => ({ "M-0": 72, "M-1": 12 })[machineId],
    };
    const ids = (hours: number) =>
      dueSilences(lost(3, 60, { heardMs: hours * HOUR_MS }), of).due.map(
        ({ machineId }) => machineId,
      );
    expect([ids(12), ids(24), ids(72)]).toEqual([["M-1"], ["M-1", "M-2"], ["M-0", "M-1", "M-2"]]);
  });

  test("who has a ticket, or does not work, wants none", () => {
    expect(due(lost(3, 60), 0, ["M-1"])).toEqual({ ids: ["M-0", "M-2"], waiting: 0 });
  });

  test("at most twenty an hour, the longest silent first; the others wait", () => {
    const many = lost(50, 60).reverse();
    expect(due(many).ids.slice(0, 2)).toEqual(["M-0", "M-1"]);
    expect(due(many).ids).toHaveLength(20);
    expect(due(many, 15).ids).toHaveLength(5);
    expect(due(many, 20)).toEqual({ ids: [], waiting: 50 });
  });

  test("ten thousand lost together are nobody's own fault, for three days", () => {
    const all = lost(10_000, 0, { heardMs: 25 * HOUR_MS });
    const alone = silentMachine({ machineId: "alone", sinceMs: startMs - 2 * HOUR_MS });
    expect(due([...all, alone])).toEqual({ ids: ["alone"], waiting: 10_000 });
    const longer = all.map((one) => ({ ...one, heardMs: 72 * HOUR_MS }));
    expect(due(longer).ids).toHaveLength(20);
  });

  test("the few that did not come back with the others are looked at", () => {
    expect(due(lost(9, 1))).toEqual({ ids: lost(9, 1).map((one) => one.machineId), waiting: 0 });
    expect(due(lost(10, 1))).toEqual({ ids: [], waiting: 10 });
  });
});

describe("stepOf", () => {
  const episode = {
    episodeId: "silence/1",
    machineId: "M-1",
    sinceMs: startMs,
    ticketId: "T-1",
    backMs: null,
    isOfFormerOwner: false,
  };
  const backAfterMs = HOUR_MS;
  const now = {
    isParked: false,
    isSilent: false,
    contactMs: startMs + 1,
    nowMs: startMs,
    backAfterMs,
  };
  test.each([
    { name: "still silent", of: {}, at: { isSilent: true }, step: undefined },
    {
      name: "nobody says so, and nothing new came",
      of: {},
      at: { contactMs: startMs },
      step: undefined,
    },
    { name: "heard", of: {}, at: {}, step: "heard" },
    {
      name: "heard for less than an hour",
      of: { backMs: startMs - HOUR_MS + 1 },
      at: {},
      step: undefined,
    },
    { name: "heard for an hour", of: { backMs: startMs - HOUR_MS }, at: {}, step: "back" },
    {
      name: "silent again within it",
      of: { backMs: 1 },
      at: { isSilent: true },
      step: "silent-again",
    },
    { name: "parked", of: {}, at: { isParked: true, isSilent: true }, step: "parked" },
    { name: "sold", of: { isOfFormerOwner: true }, at: { isSilent: true }, step: "sold" },
  ])("$name", ({ of, at, step }) => {
    expect(stepOf({ ...episode, ...of }, { ...now, ...at })).toBe(step);
  });
});
