/** Texts of the stretches of a machine's series that came from files. */
export const texts = {
  title: { en: "Imported history", "zh-CN": "导入的历史数据" },
  about: {
    en: "These stretches came from files, not from the machine. No rule judged them.",
    "zh-CN": "以下时段的数据来自文件，而非设备上传，未参与规则判断。",
  },
  stretch: { en: "{from} to {to}, samples: {count}", "zh-CN": "{from} 至 {to}，{count} 条" },
  by: { en: "imported {at} by {by}", "zh-CN": "{by} 于 {at} 导入" },
  more: { en: "and {count} more", "zh-CN": "另有 {count} 段" },
} as const;
