/** Texts of the audit log. */
export const texts = {
  audit: { en: "Audit log", "zh-CN": "审计日志" },
  about: {
    en: "Who did what. Rows are only ever added; they hold numbers and codes, no names.",
    "zh-CN": "谁做了什么。只增不改，仅记录编号和代码，不含姓名。",
  },
  from: { en: "From", "zh-CN": "开始日期" },
  to: { en: "Until", "zh-CN": "结束日期" },
  actor: { en: "Who", "zh-CN": "操作人" },
  action: { en: "What", "zh-CN": "操作" },
  subjectKind: { en: "Kind of subject", "zh-CN": "对象类型" },
  subjectId: { en: "Subject", "zh-CN": "对象编号" },
  subject: { en: "Subject", "zh-CN": "对象" },
  at: { en: "When", "zh-CN": "时间" },
  facts: { en: "With which result", "zh-CN": "结果" },
  empty: { en: "Nothing was done.", "zh-CN": "没有记录。" },
  more: { en: "Show more", "zh-CN": "显示更多" },
  filter: { en: "Filter", "zh-CN": "筛选" },
} as const;
