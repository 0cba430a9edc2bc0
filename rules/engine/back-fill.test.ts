import { expect, test } from "vitest";
import {
  every,
  highRule,
  inOrder,
  judgeOf,
  pressure,
  type Said,
  speed,
  startMs,
  testPlan,
} from "./rule-engine.fixture.ts";
import { createRuleEngine } from "./rule-engine.ts";

const plan = testPlan([highRule]);
const daySeconds = 86_400;
const crossings = 50;

/** A day with 50 stays of five seconds above the limit. */
function dayWithCrossings(): Said[] {
  const apart = daySeconds / crossings;
  const stays = Array.from({ length: crossings }, (_, at) => {
    const from = at * apart;
    return [
      ...every(1, [from, from + 5], pressure(150)),
      ...every(1, [from + 6, from + 12], pressure(40)),
    ];
  }).flat();
  return inOrder(every(1, [0, daySeconds - 1], speed(900)), stays);
}

const judge = () => judgeOf(createRuleEngine({ planOf: () => plan }), plan);
const healthy = inOrder(
  every(1, [daySeconds, daySeconds + 30], speed(900)),
  every(1, [daySeconds, daySeconds + 30], pressure(40)),
);

test("F5: 50 crossings in a day that is filled in behind newer data give no alarm", () => {
  const { say } = judge();
  const receivedMs = startMs + (daySeconds + 30) * 1000;
  expect(say(healthy, { receivedMs })).toEqual([]);
  expect(say(dayWithCrossings(), { receivedMs })).toEqual([]);
});

test("F5: 50 crossings of a day that comes in order and late are history, and none is true at the end", () => {
  const { say } = judge();
  const receivedMs = startMs + 2 * daySeconds * 1000;
  const found = say(dayWithCrossings(), { receivedMs });
  expect(found.filter(({ phase }) => phase === "raised")).toHaveLength(crossings);
  expect(found.every(({ isHistory }) => isHistory)).toBe(true);
  expect(say(healthy, { receivedMs })).toEqual([]);
});
