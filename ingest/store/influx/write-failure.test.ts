import { HttpError } from "@influxdata/influxdb-client";
import { describe, expect, test } from "vitest";
import { readFailure } from "./write-failure.ts";

const nowMs = Date.parse("2026-05-01T08:00:00Z");
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  readFailure(
    new HttpError(
      status,
      "",
      JSON.stringify(body),
      undefined,
      "application/json",
      undefined,
      headers,
    ),
    nowMs,
  );

describe("what InfluxDB answers", () => {
  test.each([
    ["3", 3_000],
    ["Fri, 01 May 2026 07:00:00 GMT", 0],
    ["86400", 60_000],
  ])("D2: Retry-After %s is heeded, at most a minute", (header, afterMs) => {
    expect(answer(429, { message: "slow" }, { "retry-after": header })).toEqual({
      ...{ kind: "later", code: "STORE_BUSY", message: "429: slow", afterMs },
    });
  });

  test.each([
    [401, { error: "authorization failed" }, "STORE_REFUSES_LOGIN"],
    [403, { message: "forbidden" }, "STORE_REFUSES_LOGIN"],
    [404, { error: 'database not found: "fleet"' }, "STORE_NOT_FOUND"],
    [503, { code: "unavailable", message: "starting" }, "STORE_BUSY"],
    [500, { error: "write /data/x.wal: no space left on device" }, "STORE_FULL"],
    [500, { error: "timeout" }, "STORE_FAILS"],
    [418, { error: "a teapot" }, "STORE_FAILS"],
  ])("%i keeps the lines and names the cause", (status, body, code) => {
    expect(answer(status, body)).toMatchObject({ kind: "later", code });
  });

  test("1.x and 2.x count what they refused", () => {
    const message = 'partial write: field type conflict: input field "value" dropped=3';
    expect(answer(400, { error: message })).toEqual({
      ...{ kind: "lines", message, named: [], refused: 3 },
    });
    expect(answer(422, { code: "unprocessable entity", message })).toMatchObject({ refused: 3 });
  });

  test("3.x names each line it refused, counted from 1", () => {
    const body = {
      error: "partial write of line protocol occurred",
      data: [{ original_line: "x", line_number: 2, error_message: "invalid column type" }],
    };
    const named = [{ line: 1, message: "invalid column type" }];
    expect(answer(400, body)).toMatchObject({ kind: "lines", named });
  });

  test("a connection that breaks and a server that says nothing are waited for", () => {
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    expect(readFailure(refused, nowMs)).toMatchObject({ code: "STORE_UNREACHABLE" });
    const late = Object.assign(new Error("late"), { name: "RequestTimedOutError" });
    expect(readFailure(late, nowMs)).toMatchObject({ code: "STORE_TIMEOUT" });
  });
});
