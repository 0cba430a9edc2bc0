import { aempSignals } from "@firebreak/ingest/aemp/machine-samples.ts";
import { expect, test } from "vitest";
import { latestOf } from "../aemp/aemp.fixture.ts";
import { iso15143Signals } from "./iso15143-signals.ts";
import { toSignalsNow } from "./signals.ts";

test("every signal that is read over ISO 15143-3 has a title in both languages, and no other", () => {
  expect(Object.keys(iso15143Signals).sort()).toEqual([...aempSignals].sort());
});

test("a machine of another server is shown with these, and a value of this morning is not old", () => {
  const t = "2026-05-01T08:00:00.000000000Z";
  const nowMs = Date.parse("2026-05-01T20:00:00Z");
  const latest = latestOf([["operatingHours", "h", 3_120.55]], t);
  const [hours] = toSignalsNow(latest, undefined, nowMs, iso15143Signals);
  expect(hours).toMatchObject({ title: { "zh-CN": "累计工作小时" }, decimals: 2, value: 3_120.55 });
  expect(hours?.ageSeconds).toBeLessThan(hours?.staleAfterSeconds ?? 0);
  expect(toSignalsNow(latest, undefined, nowMs)).toMatchObject([
    { title: { en: "operatingHours" } },
  ]);
});
