import { CodedError } from "@firebreak/kit/coded-error.ts";
import { HttpError } from "@influxdata/influxdb-client";
import { describe, expect, test } from "vitest";
import type { InfluxTarget } from "../telemetry-url.ts";
import { prepareInflux } from "./prepare.ts";

const target = (version: 1 | 2 | 3): InfluxTarget => ({
  ...{ kind: "influx", url: "http://db:8086", database: "fl eet", org: "our org" },
  version,
});

/** Says what it was asked; what is there can be read. */
function client({ isThere = false, buckets = 1, status = 200 } = {}) {
  const asked: string[] = [];
  return {
    asked,
    async query(text: string) {
      asked.push(text);
      if (!isThere && text.startsWith("select"))
        throw new CodedError("STORE_NOT_FOUND", "database not found");
      return [];
    },
    async call(method: "GET" | "POST", path: string, body?: unknown) {
      asked.push(`${method} ${path}${body === undefined ? "" : ` ${JSON.stringify(body)}`}`);
      if (status !== 200) throw new HttpError(status, "refused");
      const found = Array.from({ length: buckets }, () => ({ id: "b1", orgID: "o1" }));
      return path.includes("buckets") ? { buckets: found } : { content: [] };
    },
  };
}

describe("what a hub makes in an InfluxDB", () => {
  test.each([1, 2] as const)("nothing, where %i.x can be read already", async (version) => {
    const there = client({ isThere: true, status: 403 });
    await prepareInflux(there, target(version));
    expect(there.asked).toEqual(["select value from sample limit 1"]);
  });

  test("the database of 1.x", async () => {
    const empty = client();
    await prepareInflux(empty, target(1));
    expect(empty.asked[1]).toBe('create database "fl eet"');
  });

  test("the mapping of a bucket of 2.x, and it says so when there is no bucket", async () => {
    const empty = client();
    await prepareInflux(empty, target(2));
    expect(empty.asked.slice(1)).toEqual([
      "GET /api/v2/buckets?org=our%20org&name=fl%20eet",
      "GET /api/v2/dbrps?orgID=o1&bucketID=b1",
      'POST /api/v2/dbrps {"orgID":"o1","bucketID":"b1","database":"fl eet","retention_policy":"autogen","default":true}',
    ]);
    await expect(prepareInflux(client({ buckets: 0 }), target(2))).rejects.toThrow(
      /no bucket fl eet in our org; make it/,
    );
  });

  test("database and tables of 3.x, with all tags, unless they are there", async () => {
    const empty = client({ status: 409 });
    await prepareInflux(empty, target(3));
    expect(empty.asked).toHaveLength(3);
    expect(empty.asked[1]).toMatch(/"tags":\["machine","repeat","sa","signal","spn","unit"\]/);
    await expect(prepareInflux(client({ status: 403 }), target(3))).rejects.toBeInstanceOf(
      HttpError,
    );
  });
});
