import { afterEach, expect, test } from "vitest";
import { language } from "../../i18n/language.ts";
import { proofText } from "./proof-text.ts";

afterEach(() => {
  language.value = "en";
});

const nameOf = (code: string) => (code === "sensor" ? "机油压力传感器线路故障" : code);

test.each([
  ["sensor never went away", "机油压力传感器线路故障一直存在"],
  [
    "sensor came again at 2026-03-02T08:00:00.000Z",
    /^机油压力传感器线路故障于 .*3月2日.* 再次出现$/,
  ],
  [
    "engineOilPressure was 40 and so outside its normal band since 2026-03-02T08:00:00.000Z",
    /^engineOilPressure 为 40，自 .*3月2日.* 起超出正常范围$/,
  ],
  ["29 of 60 s of operation", "等待：继续运行"],
  ["客户确认", "客户确认"],
])("%s, in Chinese", (detail, expected) => {
  language.value = "zh-CN";
  expect(proofText(detail, nameOf)).toMatch(expected);
});
