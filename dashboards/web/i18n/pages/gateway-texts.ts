/** Texts about gateways: their state, what is wrong and what to do, and why samples are missing. */
export const texts = {
  gateway: { en: "Gateway", "zh-CN": "网关" },
  gateways: { en: "Gateways", "zh-CN": "网关" },
  gatewaysAbout: {
    en: "Who may come in, by which certificate, and how each fares.",
    "zh-CN": "允许接入的网关、所用证书及运行状况。",
  },
  searchHint: { en: "Part of a gateway's id", "zh-CN": "网关编号（部分）" },
  neverTold: {
    en: "It has not said how it fares.",
    "zh-CN": "尚未报告自身状况。",
  },
  allWell: { en: "All is well.", "zh-CN": "一切正常。" },
  toldAt: { en: "as told {at}", "zh-CN": "{at} 报告" },
  since: { en: "since {at}", "zh-CN": "自 {at}" },
  version: { en: "Software", "zh-CN": "软件版本" },
  startedAt: { en: "Started", "zh-CN": "启动时间" },
  processor: { en: "Processor", "zh-CN": "处理器温度" },
  buses: { en: "Buses", "zh-CN": "总线" },
  device: { en: "Device {device}", "zh-CN": "设备 {device}" },
  busRate: { en: "{rate}/s", "zh-CN": "{rate} 帧/秒" },
  busLoad: { en: "load {load} %", "zh-CN": "负载 {load}%" },
  busErrors: { en: "{errors} errors", "zh-CN": "{errors} 个错误" },
  busLost: { en: "{lost} lost", "zh-CN": "丢失 {lost} 帧" },
  storage: { en: "Storage", "zh-CN": "本机存储" },
  storageUsed: { en: "{used} of {max} MB", "zh-CN": "{used}/{max} MB" },
  storageLasts: { en: "{hours} h without the hub", "zh-CN": "离线可存 {hours} 小时" },
  clock: { en: "Clock", "zh-CN": "时钟" },
  clockDiffers: { en: "{seconds} s off the hub", "zh-CN": "与中心相差 {seconds} 秒" },
  certificate: { en: "Certificate", "zh-CN": "证书" },
  until: { en: "until {at}", "zh-CN": "有效期至 {at}" },
  data: { en: "Data this month", "zh-CN": "本月流量" },
  dataFigures: { en: "about {forecast} of {budget} MB", "zh-CN": "预计 {forecast}/{budget} MB" },
  dataForecast: { en: "about {forecast} MB", "zh-CN": "预计 {forecast} MB" },
  state: { en: "State", "zh-CN": "状态" },
  machines: { en: "Machines", "zh-CN": "设备" },
  revoked: { en: "revoked {at}", "zh-CN": "已于 {at} 吊销" },
  byPassword: { en: "password", "zh-CN": "密码" },
  noCertificate: { en: "none yet", "zh-CN": "尚无" },
  serial: { en: "serial {number}", "zh-CN": "序列号 {number}" },
  online: { en: "online", "zh-CN": "在线" },
  offline: { en: "offline", "zh-CN": "离线" },
  noGateways: { en: "No gateway is enrolled.", "zh-CN": "没有已登记的网关。" },
  revokeHow: {
    en: "To revoke one: firebreak revoke --data <folder> <gateway>. Its connection is cut within a minute.",
    "zh-CN": "吊销：firebreak revoke --data <数据目录> <网关>。其连接一分钟内被切断。",
  },

  "trust.ntp": { en: "kept by NTP", "zh-CN": "由 NTP 校准" },
  "trust.gnss": { en: "confirmed by satellites", "zh-CN": "由卫星证实" },
  "trust.j1939": { en: "confirmed by the machine", "zh-CN": "由机器证实" },
  "trust.unconfirmed": { en: "confirmed by nobody", "zh-CN": "无人证实" },
  "trust.suspect": { en: "suspect", "zh-CN": "可疑" },
  "trust.unknown": { en: "not yet known", "zh-CN": "尚未知" },
  "bus.ok": { en: "speaks", "zh-CN": "正常" },
  "bus.opening": { en: "opening", "zh-CN": "正在打开" },
  "bus.down": { en: "down", "zh-CN": "未启用" },
  "bus.gone": { en: "not there", "zh-CN": "接口不存在" },
  "bus.bus-off": { en: "bus-off", "zh-CN": "总线关闭" },
  "bus.error-passive": { en: "error-passive", "zh-CN": "被动错误" },
  "bus.wrong-bit-rate": { en: "only errors", "zh-CN": "只有错误帧" },
  "bus.silent": { en: "silent", "zh-CN": "无数据" },
  "bus.ended": { en: "played to its end", "zh-CN": "回放结束" },
  "mode.disk": { en: "on disk", "zh-CN": "存于磁盘" },
  "mode.memory": { en: "in memory only", "zh-CN": "仅存内存" },
  "renewal.failing": { en: "renewal fails", "zh-CN": "更新失败" },
  "renewal.on-trial": { en: "renewed one on trial", "zh-CN": "新证书试用中" },
  "severity.fault": { en: "fault", "zh-CN": "故障" },
  "severity.warning": { en: "look", "zh-CN": "注意" },
  "severity.note": { en: "note", "zh-CN": "提示" },

  "problem.bus-down": {
    en: "Bus {bus} (no. {place}) has been down since {since}: switched off, or it cannot be opened. Check plug, adapter and its name in the configuration.",
    "zh-CN":
      "第 {place} 路总线 {bus} 自 {since} 起停用：接口未启用或打不开。请检查插头、适配器和配置中的名称。",
  },
  "problem.bus-gone": {
    en: "The interface of bus {bus} (no. {place}) has not been there since {since}. Adapter unplugged?",
    "zh-CN": "第 {place} 路总线 {bus} 的接口自 {since} 起消失。适配器被拔出？",
  },
  "problem.bus-off": {
    en: "Bus {bus} (no. {place}) has been bus-off since {since}. Short circuit, wrong bit rate, or nobody acknowledges.",
    "zh-CN":
      "第 {place} 路总线 {bus} 自 {since} 起处于总线关闭状态。短路、波特率错误，或无人应答。",
  },
  "problem.bus-passive": {
    en: "Bus {bus} (no. {place}) has been error-passive since {since}. Check bit rate, wiring and termination.",
    "zh-CN":
      "第 {place} 路总线 {bus} 自 {since} 起处于被动错误状态。请检查波特率、接线和终端电阻。",
  },
  "problem.bus-wrong-rate": {
    en: "Bus {bus} (no. {place}) has brought only errors since {since}. Wrong bit rate suspected: try 250, then 500 kbit/s.",
    "zh-CN":
      "第 {place} 路总线 {bus} 自 {since} 起只有错误帧。怀疑波特率错误：先试 250，再试 500 kbit/s。",
  },
  "problem.bus-silent": {
    en: "Bus {bus} (no. {place}) has been silent since {since} while another one speaks. Check plug and termination.",
    "zh-CN": "第 {place} 路总线 {bus} 自 {since} 起无数据，而其他总线正常。请检查插头和终端电阻。",
  },
  "problem.buses-silent": {
    en: "Bus {bus} has been silent since {since}. The machine is off, or the plug is.",
    "zh-CN": "总线 {bus} 自 {since} 起无数据。机器已关机，或插头脱落。",
  },
  "problem.frames-lost": {
    en: "Bus {bus} (no. {place}): CAN overload, {frames} frames lost, the last {since}.",
    "zh-CN": "第 {place} 路总线 {bus}：CAN 过载，已丢失 {frames} 帧，最近一次 {since}。",
  },
  "problem.device-silent": {
    en: "Device {device} has not answered since {since}. Check its power, wiring and unit id.",
    "zh-CN": "设备 {device} 自 {since} 起无应答。请检查电源、接线和站号。",
  },
  "problem.storage-failing": {
    en: "Storage failure ({code}) since {since}: without the hub memory lasts {memory} more. Change the card or disk.",
    "zh-CN": "存储故障（{code}），自 {since} 起：离线时内存还能存 {memory}。请更换存储卡或硬盘。",
  },
  "problem.storage-full": {
    en: "The storage is full: old samples are given up. Mend the link.",
    "zh-CN": "存储已满，旧数据正在被舍弃。请修复链路。",
  },
  "problem.storage-thinning": {
    en: "The storage is full since {since}: resolution is reduced, trouble codes and counters are kept.",
    "zh-CN": "存储自 {since} 起已满：分辨率降低，故障码和计数保留。",
  },
  "problem.storage-short": {
    en: "Room for {hours} h without the hub.",
    "zh-CN": "离线还能存 {hours} 小时。",
  },
  "problem.catching-up": {
    en: "Catching up: {hours} h left.",
    "zh-CN": "正在补传：还需 {hours} 小时。",
  },
  "problem.time-unknown": {
    en: "Time not yet known since {since}. What is read waits in its memory and gets its right time later: keep the power on.",
    "zh-CN": "自 {since} 起时间未知。数据在内存中等待，稍后补上正确时间：请勿断电。",
  },
  "problem.time-suspect": {
    en: "Clock suspect: differs from the hub by {difference}. Set it or connect NTP; what was read keeps its time.",
    "zh-CN": "时钟可疑：与中心相差 {difference}。请校准或接通 NTP；已读数据保持原有时间。",
  },
  "problem.time-unconfirmed": {
    en: "Nobody confirms the clock: no NTP, no receiver.",
    "zh-CN": "时钟无人证实：无 NTP，无定位接收机。",
  },
  "problem.hub-clock": {
    en: "The hub's clock differs by {difference} from this gateway's, which is confirmed. Check the server's NTP.",
    "zh-CN": "中心时钟与此网关（已证实）相差 {difference}。请检查服务器的 NTP。",
  },
  "problem.certificate-over": {
    en: "Its certificate ended {since}. It needs a new claim.",
    "zh-CN": "证书已于 {since} 到期，需要新的领取码。",
  },
  "problem.certificate-ends": {
    en: "Its certificate ends in {days} d. {detail}",
    "zh-CN": "证书还有 {days} 天到期。{detail}",
  },
  "problem.certificate-renewal": {
    en: "Its certificate cannot be renewed: {detail}",
    "zh-CN": "证书无法更新：{detail}",
  },
  "problem.data-warning": {
    en: "Data: about {forecast} of {budget} MB this month.",
    "zh-CN": "流量：本月预计 {forecast}/{budget} MB。",
  },
  "problem.data-exceeded": {
    en: "Data: the {budget} MB of this month are used up.",
    "zh-CN": "流量：本月 {budget} MB 已用完。",
  },

  "gap.bus": { en: "bus {subject}: {state}", "zh-CN": "总线 {subject}：{state}" },
  "gap.device": { en: "device {subject} did not answer", "zh-CN": "设备 {subject} 无应答" },
  "gap.gateway-off": { en: "gateway off", "zh-CN": "网关关机" },
  "gap.link": { en: "link down", "zh-CN": "链路中断" },
  "gap.link-to-come": { en: "link down, data still to come", "zh-CN": "链路中断，数据待补传" },
  "gap.lost": { en: "lost for good: {subject}", "zh-CN": "永久丢失：{subject}" },
  "gap.unknown": { en: "no samples", "zh-CN": "无数据" },
  "lost.spool-full": { en: "storage was full", "zh-CN": "存储已满" },
  "lost.spool-damaged": { en: "storage was damaged", "zh-CN": "存储损坏" },
  "lost.not-on-gateway": { en: "neither side has it", "zh-CN": "两端均无" },
  "lost.too-large": { en: "too large", "zh-CN": "过大" },
} as const;
