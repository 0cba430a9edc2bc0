export const texts = {
  changePassword: { en: "Change password", "zh-CN": "修改密码" },
  about: {
    en: "At least 12 characters. You stay logged in here; everywhere else you are logged out.",
    "zh-CN": "至少 12 个字符。本处保持登录，其他地方将退出登录。",
  },
  current: { en: "Current password", "zh-CN": "当前密码" },
  next: { en: "New password", "zh-CN": "新密码" },
  again: { en: "New password again", "zh-CN": "再次输入新密码" },
  save: { en: "Change password", "zh-CN": "修改密码" },
  done: { en: "The password is changed.", "zh-CN": "密码已修改。" },
  differ: { en: "The two are not the same.", "zh-CN": "两次输入不一致。" },
} as const;
