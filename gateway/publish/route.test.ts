import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRoute, type Route } from "./route.ts";

const memory = () => join(mkdtempSync(join(tmpdir(), "firebreak-route-")), "last-address.json");

/** Where the tries of one round go. */
async function round(route: Route): Promise<(string | undefined)[]> {
  const dialled: (string | undefined)[] = [];
  do dialled.push((await route.next()).dial);
  while (route.failed());
  return dialled;
}

const routeTo = (urls: readonly string[], lookup: (host: string) => string[], file?: string) =>
  createRoute({
    urls,
    access: () => ({}),
    lookup: async (host) => lookup(host),
    ...(file === undefined ? {} : { memoryFile: file }),
  });

describe("createRoute", () => {
  test("tries every address of every broker, the families in turn", async () => {
    const route = routeTo(["mqtts://a:8883", "mqtts://b:8883"], (host) =>
      host === "a" ? ["2001:db8::1", "2001:db8::2", "10.0.0.1"] : ["10.0.0.9"],
    );
    expect(await round(route)).toEqual(["2001:db8::1", "10.0.0.1", "2001:db8::2", "10.0.0.9"]);
  });

  test("the last good one comes first, after a restart too", async () => {
    const file = memory();
    const lookup = () => ["10.0.0.1", "10.0.0.2"];
    const urls = ["mqtts://a:8883", "mqtts://b:8883"];
    const route = routeTo(urls, lookup, file);
    for (let at = 0; at < 4; at++) await route.next();
    route.worked();
    const wanted = ["10.0.0.2", "10.0.0.1", "10.0.0.1", "10.0.0.2"];
    expect(await round(route)).toEqual(wanted);
    const again = routeTo(urls, lookup, file);
    expect((await again.next()).url).toBe("mqtts://b:8883");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      url: "mqtts://b:8883",
      dial: "10.0.0.2",
    });
  });

  test("over TLS a name that leads elsewhere is tried, and the last good address behind it", async () => {
    let found = ["10.0.0.1"];
    for (const [scheme, behind] of [
      ["mqtts", ["10.6.6.6", "10.0.0.1"]],
      // Without a certificate nothing would tell a stranger at the old address from the hub.
      ["mqtt", ["10.6.6.6"]],
    ] as const) {
      found = ["10.0.0.1"];
      const route = routeTo([`${scheme}://a:1`], () => found);
      await route.next();
      route.worked();
      found = ["10.6.6.6"];
      expect(await round(route)).toEqual(behind);
    }
  });

  test("a memory that is damaged counts for nothing", async () => {
    const file = memory();
    for (const text of ["", "{", "null", '{"url":"mqtts://a:1","dial":"evil.example"}']) {
      writeFileSync(file, text);
      expect(await round(routeTo(["mqtts://a:1"], () => ["10.0.0.1"], file))).toEqual(["10.0.0.1"]);
    }
  });

  test("one broker that cannot be resolved does not hide the others", async () => {
    const route = routeTo(["mqtts://a:1", "mqtts://10.0.0.5:1"], () => {
      throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    });
    expect(await round(route)).toEqual(["10.0.0.5"]);
  });
});
