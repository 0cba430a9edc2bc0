import { CodedError } from "@firebreak/kit/coded-error.ts";
import { describe, expect, test } from "vitest";
import { parseTelemetryUrl } from "./telemetry-url.ts";

describe("where telemetry is kept", () => {
  test("reads every form", () => {
    expect(parseTelemetryUrl("sqlite:/data/t.sqlite")).toEqual({
      kind: "sqlite",
      path: "/data/t.sqlite",
    });
    const one = { kind: "influx", org: "" };
    expect(parseTelemetryUrl("influxdb1://db.example:8086/fleet?tls=1&user=hub")).toEqual({
      ...one,
      version: 1,
      url: "https://db.example:8086",
      database: "fleet",
      user: "hub",
    });
    expect(parseTelemetryUrl("influxdb2://db.example/my%20org/all")).toEqual({
      ...{ kind: "influx", version: 2, org: "my org", database: "all" },
      url: "http://db.example:8086",
    });
    expect(parseTelemetryUrl("influxdb3://[::1]/fleet")).toMatchObject({
      version: 3,
      url: "http://[::1]:8181",
    });
  });

  test.each([
    ["influxdb1://hub:secret@db/fleet", /no password.*--telemetry-token-file/],
    ["influxdb1://hub@db/fleet", /\?user=/],
    ["influxdb1://db", /influxdb1:\/\/host:port\/<database>/],
    ["influxdb2://db/bucket", /<org>\/<bucket>/],
    ["influxdb2://db/org/bucket?user=hub", /a token, no user/],
    ["influxdb3://db/a/b", /influxdb3/],
    ["influxdb1:///fleet", /host is missing/],
    ["influxdb1://db/fleet?token=abc", /\?token= is not known/],
    ["influxdb1://db/fleet?tls=yes", /\?tls=1/],
    ["influxdb1://db/100%", /%25/],
    ["http://db:8086/fleet", /influxdb1:\/\//],
    ["sqlite:", /path is missing/],
  ])("refuses %s and says what to write", (text, message) => {
    expect(() => parseTelemetryUrl(text)).toThrow(message);
    expect(() => parseTelemetryUrl(text)).toThrow(CodedError);
    if (text.includes("secret")) expect(() => parseTelemetryUrl(text)).not.toThrow(/secret/);
  });
});
