import { describe, expect, test } from "vitest";
import { shellOf } from "../build-worker.ts";
import { opensPage, outdatedCaches } from "../worker/what-to-serve.ts";
import { curveOf } from "./curve.ts";
import { distanceKm } from "./distance.ts";
import { lineText } from "./line-text.ts";

describe("the line in words", () => {
  const sent = { isOnline: true, isBusy: false, steps: 0, photos: 0, syncedAt: undefined };

  test("says in both languages what waits and when all was sent", () => {
    const offline = { ...sent, isOnline: false, steps: 3 };
    expect(lineText(offline, "en")).toEqual({ tone: "offline", text: "Offline, 3 steps waiting" });
    expect(lineText({ ...offline, photos: 1 }, "zh-CN").text).toBe(
      "离线，3 项操作、1 张照片待发送",
    );
    expect(lineText({ ...offline, steps: 0 }, "en").text).toBe("Offline, nothing waiting");
    expect(lineText({ ...sent, isBusy: true, steps: 1 }, "en").text).toBe("Sending 1 step");
    const done = lineText({ ...sent, syncedAt: "2026-03-02T07:12:00.000Z" }, "en");
    expect(done).toMatchObject({
      tone: "sent",
      text: expect.stringMatching(/^All sent \d\d:\d\d$/),
    });
    expect(lineText(sent, "en").text).toBe("Not synchronised yet");
  });
});

test("distance from Changsha to Zhuzhou", () => {
  const km = distanceKm({ lat: 28.228, lon: 112.939 }, { lat: 27.828, lon: 113.133 });
  expect(km).toBeGreaterThan(46);
  expect(km).toBeLessThan(50);
});

test("a curve keeps its gaps and shows its limit", () => {
  const curve = curveOf({
    signal: "p",
    title: { en: "p", "zh-CN": "p" },
    unit: "kPa",
    from: "2026-03-02T08:00:00.000Z",
    to: "2026-03-02T08:03:00.000Z",
    limit: 5,
    t: ["08:00", "08:01", "08:02", "08:03"].map((time) => `2026-03-02T${time}:00.000Z`),
    min: [1, 2, null, 4],
    max: [1, 3, null, 4],
  });
  expect(curve?.paths).toHaveLength(2);
  expect(curve).toMatchObject({ low: 1, high: 4, limitY: 4 });
  expect(curve?.paths[0]).toMatch(/^M0 96/);
});

describe("what the worker keeps", () => {
  test("the entry, the pages of the field and all that they load, and nothing else", () => {
    const manifest = {
      "index.html": { file: "index.html", css: ["assets/main.css"], imports: ["_a.js"] },
      "_a.js": { file: "assets/a.js", imports: ["_b.js"] },
      "_b.js": { file: "assets/b.js", imports: ["_a.js"] },
      "work.tsx": { file: "assets/work.js", imports: ["_b.js"] },
      "board.tsx": { file: "assets/board.js" },
    };
    expect(shellOf(manifest, ["work.tsx"])).toEqual([
      "/assets/a.js",
      "/assets/b.js",
      "/assets/main.css",
      "/assets/work.js",
    ]);
    expect(() => shellOf(manifest, ["gone.tsx"])).toThrow("gone.tsx");
  });

  test("pages are opened by it, the interface is not", () => {
    expect(["/work", "/work/T-1", "/", "/apiary"].every(opensPage)).toBe(true);
    expect(["/api/docs", "/api/v1/me", "/healthz", "/field-worker.js"].some(opensPage)).toBe(false);
  });

  test("the build before stays for pages that are still open", () => {
    expect(outdatedCaches(["s-1", "s-2", "s-3"], "s-3")).toEqual(["s-1"]);
    expect(outdatedCaches(["s-3"], "s-3")).toEqual([]);
  });
});
