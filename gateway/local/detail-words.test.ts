import { describe, expect, test } from "vitest";
import { linkReason } from "../publish/link-reasons.ts";
import { busProblem } from "../sources/can/bus-hints.ts";
import { detailText } from "./detail-words.ts";

const link = (code: string) =>
  linkReason(Object.assign(new Error(code), { code }), "hub:8883").text;

describe("details in Chinese", () => {
  test.each([
    ["ENOTFOUND", "hub:8883: 无法解析名称"],
    ["EAI_AGAIN", "hub:8883: 无法解析名称，域名服务器无应答"],
    ["ECONNREFUSED", "hub:8883: 该端口无人监听"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "hub:8883: 对方证书的名称不同：不是中心"],
  ])("what the link says at %s", (code, chinese) => {
    expect(detailText("zh-CN", link(code))).toBe(chinese);
    expect(detailText("en", link(code))).toBe(link(code));
  });

  test("what a bus says, with its name and time as they are", () => {
    const about = { bus: "can0", since: 0 };
    expect(detailText("zh-CN", busProblem(about, 60_000))).toBe(
      "can0: 无数据，自 00:00:00Z; 机器未开、波特率错误或缺终端电阻？",
    );
    const passive = { ...about, controller: "error-passive", controllerSince: 0 } as const;
    expect(detailText("zh-CN", busProblem(passive, 60_000))).toContain(
      "波特率错误、接线问题或缺终端电阻？",
    );
  });

  test("what is not known stays as it is", () => {
    expect(detailText("zh-CN", "EWHATEVER at x")).toBe("EWHATEVER at x");
  });
});
