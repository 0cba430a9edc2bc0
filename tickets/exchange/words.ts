/** Words of files in both languages, as the glossary has them: English, then Chinese. */
export const machineStateNames = {
  commissioning: ["commissioning", "调试中"],
  in_service: ["in service", "在用"],
  standby: ["standby", "待命"],
  under_repair: ["under repair", "维修中"],
  retired: ["retired", "退役"],
  scrapped: ["scrapped", "已报废"],
} as const;

export const segmentNames = {
  urban_construction: ["urban construction", "城建"],
  railway: ["railway", "铁路"],
  water: ["water", "水利"],
  municipal: ["municipal", "市政"],
  highway: ["highway", "公路"],
  other: ["other", "其他"],
} as const;

export const customerTierNames = {
  high_value: ["high value", "高价值客户"],
  standard: ["standard", "普通客户"],
} as const;

export const channelNames = {
  phone: ["phone", "电话"],
  sms: ["SMS", "短信"],
  wechat: ["WeChat", "微信"],
  email: ["e-mail", "邮件"],
} as const;

export const levelNames = {
  junior: ["junior", "初级"],
  intermediate: ["intermediate", "中级"],
  senior: ["senior", "高级"],
  expert: ["expert", "专家"],
} as const;

export const employmentNames = { own: ["own", "自有"], partner: ["partner", "合作"] } as const;

export const faultClassNames = {
  electrical: ["electrical", "电气类"],
  mechanical: ["mechanical", "机械类"],
  hydraulic: ["hydraulic", "液压类"],
  other: ["other", "其它类"],
} as const;

export const categoryNames = {
  bearing: ["bearing", "轴承"],
  drivetrain: ["drivetrain", "传动件"],
  non_standard: ["non-standard", "非标件"],
  consumable: ["consumable", "耗材"],
  standard: ["standard part", "标准件"],
  tool: ["tool", "工具"],
  auxiliary: ["auxiliary", "辅料"],
  component: ["component", "总成件"],
} as const;

export const difficultyNames = {
  low: ["low", "低"],
  medium: ["medium", "中"],
  high: ["high", "高"],
} as const;

export const abcNames = { A: ["A", "A"], B: ["B", "B"], C: ["C", "C"] } as const;

export const serviceKindNames = {
  repair: ["repair", "维修"],
  inspection: ["inspection", "例行检查"],
} as const;
