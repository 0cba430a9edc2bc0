import { describe, expect, test } from "vitest";
import { telemetryAccess, telemetryReadiness } from "./hub-telemetry.ts";

const influx = "influxdb2://db/org/fleet";

describe("the token of the telemetry store", () => {
  test("is in a file or in the environment, and the file counts", () => {
    const environment = { FIREBREAK_TELEMETRY_TOKEN: "secret" };
    expect(telemetryAccess(influx, undefined, environment).secret).toEqual({ text: "secret" });
    expect(telemetryAccess(influx, "/etc/token", environment).secret).toEqual({
      file: "/etc/token",
    });
    expect(telemetryAccess("sqlite:a", undefined, environment).secret).toEqual({ none: true });
    expect(telemetryAccess("influxdb1://db/fleet", undefined, {}).secret).toEqual({ none: true });
  });

  test("is asked for where it cannot be left out, and refused where there is none", () => {
    expect(() => telemetryAccess(influx, undefined, {})).toThrow(/--telemetry-token-file/);
    expect(() => telemetryAccess("sqlite:a", "/etc/token", {})).toThrow(/has no token/);
  });
});

describe("readiness of the telemetry store", () => {
  const problems = (store: Parameters<typeof telemetryReadiness>[0]) =>
    Promise.all(telemetryReadiness(store).map(({ problem }) => problem()));
  const fault = { code: "STORE_FULL", message: "no room", at: "2026-05-01T08:00:00.000Z" };

  test("asks why it cannot write, and nothing once a thread has ended", async () => {
    const store = { isRunning: true, lastError: async () => fault };
    expect(await problems(store)).toEqual([
      "telemetry is kept in the journal since 2026-05-01T08:00:00.000Z: no room",
      undefined,
    ]);
    expect(await problems({ ...store, lastError: async () => null })).toEqual([
      undefined,
      undefined,
    ]);
    const ended = { isRunning: false, lastError: () => Promise.reject(new Error("STORE_CLOSED")) };
    expect(await problems(ended)).toEqual([undefined, expect.stringMatching(/start the hub anew/)]);
  });
});
