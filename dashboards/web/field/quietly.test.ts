import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Quietly, quietly } from "./quietly.ts";

describe("quietly", () => {
  let done: string[];
  let typed: Quietly;
  beforeEach(() => {
    vi.useFakeTimers();
    done = [];
    typed = quietly(4_000, (ticketId) => done.push(ticketId));
  });
  afterEach(() => vi.useRealTimers());

  test("each ticket waits for its own last word", () => {
    typed.touch("T-1");
    vi.advanceTimersByTime(3_000);
    typed.touch("T-1");
    typed.touch("T-2");
    vi.advanceTimersByTime(3_999);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(["T-1", "T-2"]);
    expect(typed.has("T-1")).toBe(false);
  });

  test("a page that is put aside waits for nothing, and does nothing twice", () => {
    typed.touch("T-1");
    typed.touch("T-2");
    typed.flush();
    typed.flush();
    vi.advanceTimersByTime(9_000);
    expect(done).toEqual(["T-1", "T-2"]);
  });

  test("one ticket alone, and none that was forgotten", () => {
    typed.touch("T-1");
    typed.touch("T-2");
    typed.flush("T-1");
    typed.forget("T-2");
    typed.flush("T-2");
    vi.advanceTimersByTime(9_000);
    expect(done).toEqual(["T-1"]);
  });
});
