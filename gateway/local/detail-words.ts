import type { Language } from "./finding-texts.ts";

/** What links and buses say of themselves in English, a phrase at a time; longer ones first. */
const chinese: readonly (readonly [string, string])[] = [
  ["the name cannot be resolved, no name server answers", "无法解析名称，域名服务器无应答"],
  ["the name cannot be resolved", "无法解析名称"],
  ["nothing listens there", "该端口无人监听"],
  ["the connection was cut", "连接被切断"],
  ["nothing answers", "无应答"],
  ["no answer in time", "无应答"],
  ["there is no way to it", "没有到达它的路由"],
  ["there is no network", "没有网络"],
  ["the server has fallen silent", "服务器不再应答"],
  ["waiting for the hub's answer", "正在等待中心应答"],
  ["the broker is busy or not available", "服务器繁忙或不可用"],
  [
    "user name or password is wrong, or this gateway is not enrolled",
    "用户名或密码错误，或本网关未登记",
  ],
  ["the broker does not authorise this gateway", "服务器未授权本网关"],
  ["its certificate is for another name: this is not the hub", "对方证书的名称不同：不是中心"],
  ["its certificate is of another authority than the hub's", "对方证书的签发机构与中心不同"],
  [
    "its certificate has expired, or this gateway's clock is wrong",
    "对方证书已过期，或本机时钟错误",
  ],
  [
    "its certificate is not valid yet, or this gateway's clock is wrong",
    "对方证书尚未生效，或本机时钟错误",
  ],
  ["there is no such interface: adapter unplugged?", "没有此接口：适配器拔掉了？"],
  ["the interface is down", "接口未启用"],
  ["short circuit, wrong bit rate, or nobody acknowledges?", "短路、波特率错误，或无人应答？"],
  ["wrong bit rate, wiring or no termination?", "波特率错误、接线问题或缺终端电阻？"],
  ["machine off, wrong bit rate, or no termination?", "机器未开、波特率错误或缺终端电阻？"],
  ["CAN overload", "CAN 过载"],
  ["frames lost", "帧丢失"],
  [
    "bytes that make no frame; wrong bit rate or parity, or a disturbed line",
    "字节组不成帧；波特率或校验错误，或线路受干扰",
  ],
  ["wrong check sum (CRC)", "校验错误（CRC）"],
  ["the line is never quiet", "线路从不安静"],
  ["no bus since", "无总线，自"],
  ["silent since", "无数据，自"],
];

/** A detail in the installer's language; what is not known stays as it is. */
export const detailText = (language: Language, detail: string): string =>
  language === "en"
    ? detail
    : chinese.reduce((text, [english, words]) => text.replaceAll(english, words), detail);
