import { detailText } from "./detail-words.ts";
import type { Finding, FindingCode, Severity } from "./findings.ts";

export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];

/** What it is, and what to do about it. `{name}` is filled from the facts; `{subjects}` from what it is about. */
interface FindingText {
  readonly is: string;
  readonly todo: string;
}

const en: Readonly<Record<FindingCode, FindingText>> = {
  "bus-unreachable": {
    is: "{source}: cannot be opened. {detail}",
    todo: "Check plug, adapter and the name in the configuration.",
  },
  "bus-silent": {
    is: "{source}: silent for {seconds} s",
    todo: "Ignition on? CAN-H and CAN-L the right way round? Then: wrong bit rate (usual: 250 or 500 kbit/s), or no termination (60 Ω between H and L with power off).",
  },
  "bus-only-errors": {
    is: "{source}: only errors, no valid frame ({errors})",
    todo: "Wrong bit rate suspected{now}: try 250, then 500 kbit/s. Else measure 60 Ω between CAN-H and CAN-L with power off: 120 Ω means that one termination is missing.",
  },
  "bus-errors": {
    is: "{source}: {perSecond} errors a second",
    todo: "Bad contact, a long stub, or a missing termination: 60 Ω between CAN-H and CAN-L with power off.",
  },
  "bus-termination": {
    is: "{source}: frames come, and bus errors with them",
    todo: "No or too much termination suspected. Power off, measure between CAN-H and CAN-L: 60 Ω is right, 120 Ω: one resistor is missing, 40 Ω: one too many. Else a bad contact or a stub over 1 m.",
  },
  "line-errors": {
    is: "{source}: {percent} % of the answers are spoilt",
    todo: "Missing or third termination suspected: 120 Ω at the two ends of the cable only. Else shield, GND, a branch, or a cable beside a motor.",
  },
  "bus-trouble": { is: "{source}: {detail}", todo: "See the message." },
  "signal-missing": {
    is: "Never seen: {subjects} ({place})",
    todo: "Running engine, fitted option? Else the plan does not fit this machine.",
  },
  "signal-other-address": {
    is: "{subjects}: PGN {pgn} comes from address {seen}, the plan says {planned}",
    todo: "Another control unit is fitted: change `sa` in the plan.",
  },
  "signal-implausible": {
    is: "{subjects}: outside of {min} to {max} {unit}, always",
    todo: "Ask for the close look below: word order, address, scale.",
  },
  "signal-sensor-error": {
    is: "{subjects}: the machine says sensor error",
    todo: "Not the gateway: plug or sensor on the machine.",
  },
  "word-order": {
    is: "{device}: wrong word order suspected ({subjects})",
    todo: "Set `wordOrder: {is}` in the plan; it says {planned}.",
  },
  "byte-order": {
    is: "{device}: wrong byte order suspected ({subjects})",
    todo: "Set `byteOrder: {is}` in the plan; it says {planned}.",
  },
  "byte-and-word-order": {
    is: "{device}: wrong byte and word order suspected ({subjects})",
    todo: "Set `byteOrder: {byteOrder}` and `wordOrder: {wordOrder}` in the plan.",
  },
  "address-shift": {
    is: "{device}: addresses off by one suspected ({subjects})",
    todo: "Values lie at {by}: the map counts from 1, the plan from 0. Move the addresses in the plan.",
  },
  "registers-refused": {
    is: "{device}: refuses {subjects}",
    todo: "Table (holding, input) or address is not this device's.",
  },
  "device-silent": {
    is: "{device}: no answer from unit {planned}, nor from the usual others",
    todo: "Power, A and B the right way round, bit rate and parity as set at the device, termination at the ends.",
  },
  "wrong-speed": {
    is: "{device}: bytes come that make no frame: wrong bit rate or parity suspected",
    todo: "Set `baudRate` and `parity` as at the device. Usual: 9600 or 19200, none or even.",
  },
  "line-disturbed": {
    is: "{device}: answers come, all with wrong check sums",
    todo: "Disturbed line: 120 Ω at the two ends of the cable only, shield and GND, no second device with the same unit id.",
  },
  "wrong-unit": {
    is: "{device}: unit {planned} is silent, unit {answers} answers",
    todo: "Wrong unit id suspected: change it at the device or in the plan.",
  },
  "link-down": {
    is: "The hub is not reached. {detail}",
    todo: "Nothing is lost: it is kept here and goes out later. SIM, antenna, address of the hub?",
  },
  "spool-short": {
    is: "Room for {hours} h more without the hub",
    todo: "Raise `spool.maxBytes`, or mend the link.",
  },
  "spool-full": { is: "The spool is full", todo: "Mend the link now; old samples are given up." },
  "disk-failing": {
    is: "The disk takes nothing: {reason}",
    todo: "New data are in memory only and still go to the hub; a power cut loses what waits. Full: make room. Read-only or broken: change the card or disk. It goes back to the disk by itself.",
  },
  "memory-short": {
    is: "Memory is full in {minutes} min if the hub stays away",
    todo: "Keep the power on and mend the link; then resolution is reduced, trouble codes and counters last of all.",
  },
  "spool-reduced": {
    is: "No room since {since}: resolution is reduced",
    todo: "Mend the link, or raise `spool.maxBytes`. Of the oldest data one sample a minute stays; trouble codes and counters stay whole.",
  },
  "spool-unreadable": {
    is: "{records} records on the disk cannot be read",
    todo: "They are kept for inspection and booked as lost. More of them: change the card or disk.",
  },
  "spool-kept-aside": {
    is: "Data of a newer version is kept aside: {folders}",
    todo: "Update the gateway to bring it back; nothing of it was deleted.",
  },
  "samples-lost": {
    is: "{samples} samples were given up",
    todo: "The spool was full once; see the machine's ledger at the hub.",
  },
  "time-unknown": {
    is: "Time not yet known; {samples} samples wait",
    todo: "They get their right time once NTP, a satellite fix or the machine tells it. Keep the power on.",
  },
  "time-unconfirmed": {
    is: "Nobody confirms the clock",
    todo: "No NTP and no receiver. Compare the time above with your watch.",
  },
  "time-suspect": {
    is: "Clock suspect: it differs from the hub by {difference}",
    todo: "Set the clock, or connect NTP. What was read keeps the time it was given.",
  },
  "time-differs": {
    is: "{from} differs from the clock by {seconds} s",
    todo: "Set the clock, or connect NTP.",
  },
  "time-refused": {
    is: "The time of {from} is not believed: {doubt}",
    todo: "Antenna under open sky; an old receiver may need new firmware.",
  },
  certificate: {
    is: "The certificate ends in {days} days. {problem}",
    todo: "It renews itself over a link. If it is over: new claim from the hub.",
  },
};

const zh: Readonly<Record<FindingCode, FindingText>> = {
  "bus-unreachable": {
    is: "{source}：打不开。{detail}",
    todo: "检查插头、适配器和配置中的名称。",
  },
  "bus-silent": {
    is: "{source}：已 {seconds} 秒没有数据",
    todo: "钥匙开关是否打开？CAN-H 与 CAN-L 是否接反？否则可能是波特率错误（常用 250 或 500 kbit/s），或缺终端电阻（断电后 H、L 之间应为 60 Ω）。",
  },
  "bus-only-errors": {
    is: "{source}：只有错误，没有有效帧（{errors}）",
    todo: "怀疑波特率错误{now}：先试 250，再试 500 kbit/s。否则断电测 CAN-H 与 CAN-L：60 Ω 正常，120 Ω 表示少一个终端电阻。",
  },
  "bus-errors": {
    is: "{source}：每秒 {perSecond} 个错误",
    todo: "接触不良、支线过长或缺终端电阻：断电后 CAN-H 与 CAN-L 之间应为 60 Ω。",
  },
  "bus-termination": {
    is: "{source}：有数据，但同时有总线错误",
    todo: "怀疑终端电阻缺失或过多。断电测 CAN-H 与 CAN-L：60 Ω 正常，120 Ω 少一个，40 Ω 多一个。否则是接触不良或支线超过 1 米。",
  },
  "line-errors": {
    is: "{source}：{percent}% 的应答损坏",
    todo: "怀疑缺少或多出终端电阻：只在电缆两端各接一个 120 Ω。否则检查屏蔽、GND、分支，或是否靠近电机电缆。",
  },
  "bus-trouble": { is: "{source}：{detail}", todo: "见上面的提示。" },
  "signal-missing": {
    is: "从未收到：{subjects}（{place}）",
    todo: "发动机是否运转？该选装件是否存在？否则方案与本机不符。",
  },
  "signal-other-address": {
    is: "{subjects}：PGN {pgn} 来自地址 {seen}，方案写的是 {planned}",
    todo: "装了另一种控制器：请修改方案中的 sa。",
  },
  "signal-implausible": {
    is: "{subjects}：始终超出 {min} 至 {max} {unit}",
    todo: "点下面的“仔细检查”：字序、地址、比例。",
  },
  "signal-sensor-error": {
    is: "{subjects}：机器报告传感器故障",
    todo: "与网关无关：检查机器上的插头或传感器。",
  },
  "word-order": {
    is: "{device}：怀疑字序错误（{subjects}）",
    todo: "方案中改为 wordOrder: {is}，现在是 {planned}。",
  },
  "byte-order": {
    is: "{device}：怀疑字节序错误（{subjects}）",
    todo: "方案中改为 byteOrder: {is}，现在是 {planned}。",
  },
  "byte-and-word-order": {
    is: "{device}：怀疑字节序和字序都错（{subjects}）",
    todo: "方案中改为 byteOrder: {byteOrder} 和 wordOrder: {wordOrder}。",
  },
  "address-shift": {
    is: "{device}：怀疑地址差一（{subjects}）",
    todo: "数值在 {by} 处：说明书从 1 数，方案从 0 数。请在方案中移动地址。",
  },
  "registers-refused": {
    is: "{device}：拒绝读取 {subjects}",
    todo: "表（holding、input）或地址不属于此设备。",
  },
  "device-silent": {
    is: "{device}：站号 {planned} 及常用站号均无应答",
    todo: "检查电源、A/B 是否接反、波特率和校验是否与设备一致、两端的终端电阻。",
  },
  "wrong-speed": {
    is: "{device}：收到的字节组不成帧：怀疑波特率或校验错误",
    todo: "按设备上的设置填写 baudRate 和 parity。常用 9600 或 19200，无校验或偶校验。",
  },
  "line-disturbed": {
    is: "{device}：有应答，但校验全部错误",
    todo: "线路受干扰：只在电缆两端各接一个 120 Ω；检查屏蔽、GND，是否有两个设备站号相同。",
  },
  "wrong-unit": {
    is: "{device}：站号 {planned} 无应答，站号 {answers} 有应答",
    todo: "怀疑站号错误：在设备或方案中修改。",
  },
  "link-down": {
    is: "连不上中心。{detail}",
    todo: "数据不会丢：先存在本机，之后再发。检查 SIM 卡、天线、中心地址。",
  },
  "spool-short": { is: "离线还能存 {hours} 小时", todo: "增大 spool.maxBytes，或修复链路。" },
  "spool-full": { is: "存储已满", todo: "请立即修复链路；旧数据正在被舍弃。" },
  "disk-failing": {
    is: "磁盘无法写入：{reason}",
    todo: "新数据只在内存中，仍会发往中心；断电会丢失尚未发出的部分。已满：腾出空间；只读或损坏：更换存储卡或硬盘。恢复后自动写回磁盘。",
  },
  "memory-short": {
    is: "若中心仍连不上，内存还能存 {minutes} 分钟",
    todo: "请勿断电，并修复链路；之后会降低分辨率，故障码和计数器最后才舍弃。",
  },
  "spool-reduced": {
    is: "自 {since} 起空间不足，分辨率已降低",
    todo: "修复链路，或增大 spool.maxBytes。最旧的数据每分钟保留一个采样；故障码和计数器完整保留。",
  },
  "spool-unreadable": {
    is: "磁盘上有 {records} 条记录无法读取",
    todo: "已另存备查，并记为丢失。若继续增加，请更换存储卡或硬盘。",
  },
  "spool-kept-aside": {
    is: "较新版本的数据已另存：{folders}",
    todo: "升级网关即可取回；没有删除任何数据。",
  },
  "samples-lost": {
    is: "已舍弃 {samples} 个采样",
    todo: "存储曾经写满；见中心的机器台账。",
  },
  "time-unknown": {
    is: "时间未知；{samples} 个采样在等待",
    todo: "一旦 NTP、卫星定位或机器给出时间，即补上正确时间。请勿断电。",
  },
  "time-unconfirmed": {
    is: "时钟无人证实",
    todo: "没有 NTP，也没有定位接收机。请与手表核对上面的时间。",
  },
  "time-suspect": {
    is: "时钟可疑：与中心相差 {difference}",
    todo: "请校准时钟或接通 NTP。已读数据保持原有时间。",
  },
  "time-differs": { is: "{from} 与时钟相差 {seconds} 秒", todo: "校准时钟，或接通 NTP。" },
  "time-refused": {
    is: "不采信 {from} 的时间：{doubt}",
    todo: "天线应朝向天空；旧接收机可能需要升级固件。",
  },
  certificate: {
    is: "证书还有 {days} 天到期。{problem}",
    todo: "有链路时会自动更新。若已过期：向中心要新的领取码。",
  },
};

const texts: Readonly<Record<Language, Readonly<Record<FindingCode, FindingText>>>> = {
  en,
  "zh-CN": zh,
};

const enWords: Readonly<Record<string, string>> = {
  gnss: "the satellite receiver",
  j1939: "the machine's clock",
  EROFS: "read-only (EROFS)",
  ENOSPC: "full (ENOSPC)",
  EDQUOT: "over its quota (EDQUOT)",
  EIO: "it fails (EIO)",
  EACCES: "no right to it (EACCES)",
};
/** Words of facts that are not names or numbers. */
const zhWords: Readonly<Record<string, string>> = {
  gnss: "卫星接收机",
  j1939: "机器时钟（J1939）",
  EROFS: "只读（EROFS）",
  ENOSPC: "已满（ENOSPC）",
  EDQUOT: "超出配额（EDQUOT）",
  EIO: "读写错误（EIO）",
  EACCES: "没有权限（EACCES）",
  "no fix": "无定位",
  "too few satellites": "卫星太少",
  "week rollover": "周数翻转",
  "before this program was made": "早于本程序发布日期",
  "too far ahead": "太超前",
  "disagrees with the system clock": "与系统时钟不符",
};

const severities: Readonly<Record<Language, Readonly<Record<Severity, string>>>> = {
  en: { fault: "fault", warning: "look", note: "note" },
  "zh-CN": { fault: "故障", warning: "注意", note: "提示" },
};

export const severityText = (language: Language, severity: Severity): string =>
  severities[language][severity];

/** A finding in words. `titleOf`: how people call a signal; names of the plan where there is none. */
export function textOf(
  { code, facts, subjects }: Finding,
  language: Language,
  titleOf: (name: string) => string = (name) => name,
): FindingText {
  const { is, todo } = texts[language][code];
  const separator = language === "en" ? ", " : "、";
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, key: string) => {
      if (key === "subjects") return subjects.map(titleOf).join(separator);
      const fact = String(facts[key] ?? "");
      return (language === "en" ? enWords : zhWords)[fact] ?? detailText(language, fact);
    });
  return { is: fill(is).trim(), todo: fill(todo) };
}
