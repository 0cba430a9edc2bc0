import { describe, expect, test } from "vitest";
import { createFileProblems, type FileProblem } from "../../files/file-problems.ts";
import { readTask } from "./limit-task.ts";

const good = {
  id: "a",
  values: [1, 2, 3, 4, 5, 6, 7, 8],
  limit: 9.5,
  direction: "up",
  horizon: 20,
};

function told(text: string): string[] {
  const found: FileProblem[] = [];
  const { during, throwIfAny } = createFileProblems();
  const problems = {
    add: (problem: FileProblem) => void found.push(problem),
    get count() {
      return found.length;
    },
    during,
    throwIfAny,
  };
  const task = readTask("tasks", { number: 3, text }, problems);
  expect(task === undefined).toBe(found.length > 0);
  return found.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe("readTask", () => {
  test("reads a task, and leaves further fields alone", () => {
    const problems = createFileProblems();
    const text = JSON.stringify({ ...good, asset: "pump" });
    expect(readTask("tasks", { number: 1, text }, problems)).toEqual(good);
  });

  test.each([
    { name: "what is no JSON", text: '{"id": "a", }', message: /^3:13 this is no JSON: / },
    { name: "a list", text: "[1]", message: /^3:1 this is no JSON object$/ },
    { name: "null", text: "null", message: /^3:1 this is no JSON object$/ },
    { name: "no values", change: { values: undefined }, message: /values: is missing/ },
    { name: "values that are none", change: { values: "1,2" }, message: /values: must be a list/ },
    {
      name: "a value that is none",
      change: { values: [1, null] },
      message: /value 2 is no finite number, but null/,
    },
    { name: "too few values", change: { values: [1, 2] }, message: /2 samples; at least 8/ },
    {
      name: "a limit as text",
      change: { limit: "9" },
      message: /^3:\d+ limit: must be a finite number/,
    },
    { name: "no limit", change: { limit: undefined }, message: /^3:1 limit: is missing/ },
    {
      name: "another direction",
      change: { direction: "left" },
      message: /direction: must be "up" or "down"/,
    },
    {
      name: "half a horizon",
      change: { horizon: 1.5 },
      message: /horizon: must be a whole number/,
    },
    { name: "no horizon", change: { horizon: 0 }, message: /horizon: must be a whole number/ },
    { name: "no name", change: { id: "" }, message: /id: must be a text or a number/ },
  ])("refuses $name", ({ text, change, message }) => {
    const mistakes = told(text ?? JSON.stringify({ ...good, ...change }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(message);
  });

  test("tells all that is wrong with a task", () => {
    expect(told('{"values": [], "limit": null}')).toEqual([
      "3:1 id: is missing",
      "3:2 values: 0 samples; at least 8 are needed",
      "3:16 limit: must be a finite number",
      "3:1 direction: is missing",
      "3:1 horizon: is missing",
    ]);
  });
});
