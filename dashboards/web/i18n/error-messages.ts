import type { Message } from "./messages.ts";

const noStore = {
  en: "The telemetry store does not answer. Live values go on; this is tried again by itself.",
  "zh-CN": "遥测数据库无响应。实时数据不受影响，系统会自动重试。",
} satisfies Message;
const noDatabase = {
  en: "The database does not answer. This is tried again by itself.",
  "zh-CN": "数据库无响应，系统会自动重试。",
} satisfies Message;

/** What may go wrong once somebody is logged in, keyed `error.<code of the interface>`. */
export const errorMessages = {
  "error.USER_EXISTS": { en: "There is a user of that name.", "zh-CN": "该用户名已存在。" },
  "error.USER_UNKNOWN": { en: "There is no such user.", "zh-CN": "没有此用户。" },
  "error.USER_LAST_ADMIN": {
    en: "This is the last administrator who can log in.",
    "zh-CN": "这是最后一个可登录的管理员。",
  },
  "error.PASSWORD_WEAK": {
    en: "At least 12 characters, and not what it was.",
    "zh-CN": "至少 12 个字符，且不能与原密码相同。",
  },
  "error.UNKNOWN_MACHINE": { en: "There is no such machine.", "zh-CN": "没有此设备。" },
  "error.UNKNOWN_GATEWAY": {
    en: "Nothing was heard of such a gateway.",
    "zh-CN": "没有收到过此网关的消息。",
  },
  "error.ROLLOUT_UNKNOWN": { en: "There is no such roll-out.", "zh-CN": "没有此配置下发。" },
  "error.ROLLOUT_STATE": {
    en: "Not possible in the roll-out's present state.",
    "zh-CN": "配置下发的当前状态不允许此操作。",
  },
  "error.ROLLOUT_OVERLAP": {
    en: "One of these gateways is in a roll-out that is not over yet.",
    "zh-CN": "其中有网关正处于尚未结束的配置下发中。",
  },
  "error.ROLLOUT_NOBODY": {
    en: "No gateway is meant by that.",
    "zh-CN": "没有符合条件的网关。",
  },
  "error.FINDING_UNKNOWN": {
    en: "That is over already.",
    "zh-CN": "该报警已经结束。",
  },
  "error.FINDING_NOT_LATCHED": {
    en: "It is still true: it can be reset once it has returned to normal.",
    "zh-CN": "该状况仍在持续：恢复正常后方可复位。",
  },
  "error.FINDING_HAS_TICKET": {
    en: "Its ticket is open: prove the repair, report that no fault was found, or end the ticket.",
    "zh-CN": "其工单尚未结束：请验证修复、提交“未发现故障”报告，或结束工单。",
  },
  "error.SHELF_RULE": {
    en: "The machine's plan has no such rule.",
    "zh-CN": "该设备的服务方案中没有此规则。",
  },
  "error.SHELF_UNKNOWN": {
    en: "That is not shelved any more.",
    "zh-CN": "该报警已不在搁置状态。",
  },
  "error.SHELF_FAILURE_MODE": {
    en: "Say which failure mode of the rule is meant.",
    "zh-CN": "请指明该规则的哪一种失效模式。",
  },
  "error.SHELF_SAFETY": {
    en: "It is safety-related and cannot be shelved: have it looked at or take the machine out of service.",
    "zh-CN": "涉及安全的报警不能搁置：请安排检查或停用设备。",
  },
  "error.SHELF_STOP_LAMP": {
    en: "The red stop lamp is on: stop the machine and have it looked at. It can be shelved once the lamp is off.",
    "zh-CN": "红色停机灯亮：请停机并安排检查；灯灭后方可搁置。",
  },
  "error.SHELF_EXISTS": {
    en: "It is shelved already.",
    "zh-CN": "该报警已被搁置。",
  },
  "error.SHELVES_FULL": {
    en: "Too much of this machine is shelved: end one first.",
    "zh-CN": "该设备搁置的报警过多：请先取消一项。",
  },
  "error.TICKET_UNKNOWN": { en: "There is no such ticket.", "zh-CN": "没有此工单。" },
  "error.TICKET_TRANSITION": {
    en: "Not possible in the ticket's present state. It was loaded anew.",
    "zh-CN": "工单当前状态不允许此操作，已重新加载。",
  },
  "error.PART_UNKNOWN": { en: "There is no such part.", "zh-CN": "没有此配件。" },
  "error.ENGINEER_BUSY": {
    en: "The engineer is at work on another ticket: it must be finished, left, put on hold or share the visit first.",
    "zh-CN": "该工程师正在处理另一工单：请先完工、离开现场、挂起或合并为同一次上门。",
  },
  "error.PART_EXISTS": { en: "There is a part of that number.", "zh-CN": "该配件编号已存在。" },
  "error.PART_ALTERNATE": {
    en: "An alternate is not in the parts master, or is the part itself.",
    "zh-CN": "替代件编号不存在，或与本配件相同。",
  },
  "error.STOCK_SHORT": {
    en: "Not that many are free here.",
    "zh-CN": "此库位可用数量不足。",
  },
  "error.STOCK_BAND": {
    en: "Minimum, target and maximum must rise in this order.",
    "zh-CN": "须满足：下限 ≤ 目标 ≤ 上限。",
  },
  "error.STOCK_QUANTITY": { en: "That is no number of pieces.", "zh-CN": "数量无效。" },
  "error.STOCK_LOCATION_UNKNOWN": { en: "There is no such place.", "zh-CN": "没有此库位。" },
  "error.TRANSFER_STATE": {
    en: "Somebody was faster: the transfer has moved on.",
    "zh-CN": "调拨单状态已变化，请刷新后再试。",
  },
  "error.LOAN_STATE": {
    en: "Not possible with this loan any more.",
    "zh-CN": "该借件当前状态不允许此操作。",
  },
  "error.PARTS_APPROVAL_LEVEL": {
    en: "Somebody above you must approve this.",
    "zh-CN": "需要上级审批。",
  },
  "error.PARTS_NOT_READY": {
    en: "The parts are not there yet.",
    "zh-CN": "配件尚未到货。",
  },
  "error.PARTS_OPEN": {
    en: "Parts are still out, or an old part is owed.",
    "zh-CN": "仍有借出配件或旧件未归还。",
  },
  "error.PLAN_UNKNOWN": { en: "There is no such plan.", "zh-CN": "没有此配件计划。" },
  "error.PLAN_NOT_YOURS": {
    en: "This plan is not yours to decide on.",
    "zh-CN": "您无权处理此计划。",
  },
  "error.PLAN_TRANSITION": {
    en: "Not possible in the plan's present state.",
    "zh-CN": "计划当前状态不允许此操作。",
  },
  "error.PLAN_ASSUMPTIONS": {
    en: "Refused: the plan states no assumption.",
    "zh-CN": "审批被拒：计划未写明假设和经验参数。",
  },
  "error.PLAN_CHANGED": {
    en: "The plan was changed meanwhile. Try again.",
    "zh-CN": "计划已被他人更改，请重试。",
  },
  "error.PLAN_TOO_EARLY": {
    en: "Its period is not over yet.",
    "zh-CN": "计划期尚未结束。",
  },
  "error.PLAN_LINES": {
    en: "An emergency plan names its parts.",
    "zh-CN": "紧急计划须列出配件。",
  },
  "error.LESSON_UNKNOWN": {
    en: "This is no longer in the list.",
    "zh-CN": "该条目已不存在。",
  },
  "error.LESSON_DECIDED": { en: "Somebody has decided already.", "zh-CN": "已由他人处理。" },
  "error.LESSON_CASES": {
    en: "None of these tickets has a report that was handed in.",
    "zh-CN": "这些工单均无已提交的服务报告。",
  },
  "error.CATALOGUE_INCOMPLETE": {
    en: "The draft is not complete yet.",
    "zh-CN": "草稿内容尚不完整。",
  },
  "error.STORE_UNREACHABLE": noStore,
  "error.STORE_QUERY": noStore,
  "error.STORE_CLOSED": noStore,
  "error.STORE_SLOW": noStore,
  "error.DATABASE_BUSY": noDatabase,
  "error.DATABASE_IO": noDatabase,
  "error.DATABASE_FULL": noDatabase,
  "error.QUERY_TOO_LARGE": {
    en: "That is too much at once. Choose a shorter range.",
    "zh-CN": "一次查询的数据过多，请缩小时间范围。",
  },
  "error.SERIES_TOO_LONG": {
    en: "Too many samples. Choose a shorter range.",
    "zh-CN": "数据过多，请缩小时间范围。",
  },
  "error.ORGANISATION_UNKNOWN": { en: "There is no such file.", "zh-CN": "没有此档案。" },
  "error.ORGANISATION_EXISTS": {
    en: "This number is taken. Choose another.",
    "zh-CN": "该编号已被使用，请更换。",
  },
  "error.ORGANISATION_CHANGED": {
    en: "Somebody changed this meanwhile. Load the page again and repeat your change.",
    "zh-CN": "该档案已被他人修改，请刷新后重新修改。",
  },
  "error.MACHINE_HOURS": {
    en: "The meter cannot show less than before. If it was replaced, record that.",
    "zh-CN": "小时表读数不能小于之前的读数。如已更换，请登记更换。",
  },
  "error.PERSON_UNKNOWN": { en: "There is no such person.", "zh-CN": "没有此人的信息。" },
  "error.EXCHANGE_BUSY": {
    en: "Too many imports are waiting. Try again in a minute.",
    "zh-CN": "排队的导入过多，请稍后再试。",
  },
  "error.EXCHANGE_TOO_LARGE": { en: "The file is too large.", "zh-CN": "文件过大。" },
  "error.EXCHANGE_UNKNOWN": {
    en: "The server was started anew and forgot this import. Check it again.",
    "zh-CN": "服务器已重启，该导入已失效，请重新检查文件。",
  },
  "error.TARGET_REFUSED": { en: "The target refused the message.", "zh-CN": "目标拒收消息。" },
  "error.TARGET_TIMEOUT": { en: "The target did not answer in time.", "zh-CN": "目标响应超时。" },
  "error.TARGET_UNREACHABLE": { en: "The target cannot be reached.", "zh-CN": "无法连接目标。" },
} as const satisfies Record<string, Message>;
