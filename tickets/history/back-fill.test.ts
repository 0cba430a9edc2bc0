import type { Finding } from "@firebreak/rules/finding.ts";
import { describe, expect, test } from "vitest";
import { finding, plan } from "../tickets.fixture.ts";
import { type BackFill, type LatePiece, togetherMs, withPiece } from "./back-fill.ts";
import { summariseBackFill } from "./summarise-back-fill.ts";

const piece = (position: number, more: Partial<LatePiece> = {}): LatePiece => ({
  ...{ machineId: "M-1", position, receivedMs: position, fromMs: 100, toMs: 200 },
  ...more,
});

function folded(pieces: readonly LatePiece[]): BackFill[] {
  const known = new Map<number, BackFill>();
  for (const one of pieces) {
    const next = withPiece([...known.values()], one);
    if (next) known.set(next.firstPosition, next);
  }
  return [...known.values()];
}

describe("late data that come together", () => {
  test("are one back-fill, from the oldest to the newest of their samples", () => {
    const [one, ...others] = folded([piece(5), piece(6, { fromMs: 50 }), piece(9, { toMs: 900 })]);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ firstPosition: 5, lastPosition: 9, fromMs: 50, toMs: 900 });
  });

  test("are another one after a pause", () => {
    const later = { receivedMs: 6 + togetherMs + 1 };
    const all = folded([piece(6), piece(7, later), piece(8, later)]);
    expect(all.map(({ firstPosition }) => firstPosition)).toEqual([6, 7]);
  });

  test("change nothing when the journal is judged again, wherever that begins", () => {
    const later = { receivedMs: 6 + togetherMs + 1 };
    const pieces = [piece(6), piece(7, { toMs: 300 }), piece(8, later), piece(9, later)];
    const once = folded(pieces);
    for (let from = 0; from < pieces.length; from++)
      expect(folded([...pieces, ...pieces.slice(from)])).toEqual(once);
  });
});

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 8, minute)).toISOString();
const episode = (id: number, more: Partial<Finding> = {}): Finding[] => {
  const raised = finding({ findingId: `b-${id}`, since: at(id), at: at(id), ...more });
  return [raised, { ...raised, phase: "cleared", at: at(id + 1) }];
};
const summarise = (findings: readonly Finding[], known: readonly Finding[] = []) =>
  summariseBackFill(findings, { plan, fromMs: Date.parse(at(0)), known });

describe("summary of a back-fill", () => {
  test("says how often each rule spoke, the most frequent first", () => {
    const other = { ruleId: "other", severity: "critical" } as const;
    const findings = [...episode(1, other), ...episode(5), ...episode(3), ...episode(7)];
    expect(summarise(findings)).toMatchObject({
      events: 4,
      rules: [
        { count: 3, first: at(3), last: at(7) },
        { ruleId: "other", count: 1, severity: "critical" },
      ],
    });
  });

  test("is none where nothing was found, or only on trial", () => {
    expect(summarise([])).toBeUndefined();
    expect(summarise(episode(1, { mode: "shadow" }))).toBeUndefined();
  });

  test("leaves out what live data told already, and keeps what was history then", () => {
    const [raised, cleared] = episode(1);
    const known = { ...(cleared as Finding), findingId: "live" };
    expect(summarise([raised as Finding], [known])).toBeUndefined();
    expect(summarise([raised as Finding], [{ ...known, isHistory: true }])?.events).toBe(1);
    expect(summarise(episode(30), [known])?.events).toBe(1);
    const lasting = { ...(raised as Finding), findingId: "live" };
    expect(summarise(episode(30), [lasting])).toBeUndefined();
  });
});
