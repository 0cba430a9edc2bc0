import { describe, expect, test } from "vitest";
import { telemetryAccess } from "./hub-telemetry.ts";

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
