/** Choosing machines out of the fleet. */
export const texts = {
  search: { en: "Machine, name or type", "zh-CN": "设备号、名称或机型" },
  add: { en: "Add {id}", "zh-CN": "添加 {id}" },
  addAll: { en: "Add all that match", "zh-CN": "添加全部匹配的设备" },
  none: { en: "No machine matches.", "zh-CN": "没有匹配的设备。" },
  remove: { en: "Take {id} out", "zh-CN": "移除 {id}" },
  clear: { en: "Take all out", "zh-CN": "全部移除" },
  chosen: { en: "{count} chosen", "zh-CN": "已选 {count} 台" },
  andMore: { en: "and {count} more", "zh-CN": "另有 {count} 台" },
} as const;
