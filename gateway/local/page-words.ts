import type { Language } from "./finding-texts.ts";

const en = {
  title: "Gateway {id}",
  allWell: "All is well.",
  watching: "Watching… ({seconds} s)",
  faults: "To be mended",
  notes: "Good to know",
  buses: "Buses",
  signals: "Signals",
  gateway: "Gateway",
  never: "never seen",
  perSecond: "{rate}/s",
  silent: "silent",
  link: "Link",
  linkUp: "the hub takes data",
  linkDown: "hub not reached; data are kept here",
  linkReachable: "somebody answers at the hub's address",
  catchUp: "catching up: {hours} h to go",
  spool: "Kept here",
  spoolHours: "batches waiting: {batches}; room for {hours} h more",
  spoolUnknown: "batches waiting: {batches}",
  onDisk: "on disk, {used} of {room} MB",
  reduced: "on disk, full: resolution reduced since {since}",
  inMemory: "in memory only: the disk takes nothing ({code}); {used} of {room} MB",
  disk: "Disk",
  diskFree: "{free} MB free",
  diskBad: "cannot be written ({code})",
  time: "Time",
  certificate: "Certificate",
  days: "{days} days left",
  look: "Close look at Modbus",
  lookAbout:
    "Reads one register to either side of each value and tries the usual unit ids. Reading functions only; takes up to a minute.",
  code: "Code from the gateway's log",
  go: "Look",
  wrongCode: "That is not the code in the log.",
  lockedOut: "Too many wrong codes. Wait a minute.",
  back: "Back",
  ago: "{seconds} s ago",
  over: "it is over",
  other: "中文",
};
type Words = Readonly<Record<keyof typeof en, string>>;

const zh: Words = {
  title: "网关 {id}",
  allWell: "一切正常。",
  watching: "正在观察…（{seconds} 秒）",
  faults: "需要处理",
  notes: "提示",
  buses: "总线",
  signals: "信号",
  gateway: "网关",
  never: "从未收到",
  perSecond: "{rate}/秒",
  silent: "无数据",
  link: "链路",
  linkUp: "中心正在接收",
  linkDown: "连不上中心；数据先存本机",
  linkReachable: "中心地址有应答",
  catchUp: "正在补传：还需 {hours} 小时",
  spool: "本机存储",
  spoolHours: "{batches} 批待发；还能存 {hours} 小时",
  spoolUnknown: "{batches} 批待发",
  onDisk: "在磁盘上，{used} / {room} MB",
  reduced: "在磁盘上，已满：自 {since} 起降低分辨率",
  inMemory: "只在内存中：磁盘无法写入（{code}）；{used} / {room} MB",
  disk: "磁盘",
  diskFree: "剩余 {free} MB",
  diskBad: "无法写入（{code}）",
  time: "时间",
  certificate: "证书",
  days: "还有 {days} 天",
  look: "仔细检查 Modbus",
  lookAbout: "读取每个数值前后各一个寄存器，并尝试常用站号。只读；最多一分钟。",
  code: "网关日志中的代码",
  go: "检查",
  wrongCode: "代码与日志中的不符。",
  lockedOut: "错误次数过多，请等一分钟。",
  back: "返回",
  ago: "{seconds} 秒前",
  over: "已过期",
  other: "English",
};

const englishQualities: Readonly<Record<string, string>> = {
  error: "sensor error",
  stale: "no longer comes",
};
const qualities: Readonly<Record<string, string>> = {
  "not-available": "机器未提供",
  error: "传感器故障",
  reserved: "保留值",
  "out-of-range": "超出范围",
  stale: "已中断",
};
const states: Readonly<Record<string, string>> = {
  open: "正常",
  trouble: "有问题",
  opening: "正在打开",
  waiting: "等待重试",
  ended: "已结束",
  failed: "失败",
};
const trusts: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  ntp: { en: "kept by NTP", "zh-CN": "由 NTP 校准" },
  gnss: { en: "confirmed by satellites", "zh-CN": "由卫星证实" },
  j1939: { en: "confirmed by the machine", "zh-CN": "由机器证实" },
  unconfirmed: { en: "confirmed by nobody", "zh-CN": "无人证实" },
  unknown: { en: "not yet known", "zh-CN": "尚未知" },
};

export function word(
  language: Language,
  key: keyof typeof en,
  facts: Readonly<Record<string, string | number>> = {},
): string {
  const text = (language === "en" ? en : zh)[key];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ""));
}

export const qualityWord = (language: Language, quality: string): string =>
  language === "en"
    ? (englishQualities[quality] ?? quality.replaceAll("-", " "))
    : (qualities[quality] ?? quality);
export const stateWord = (language: Language, state: string): string =>
  language === "en" ? state : (states[state] ?? state);
export const trustWord = (language: Language, trust: string): string =>
  trusts[trust]?.[language] ?? trust;

/** A moment to the minute, UTC as the page's clock. */
export const minuteOf = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")}Z`;
