/** A message in one language: `{name}` stands for a fact of the notice. */
export interface MessageText {
  readonly title: string;
  readonly text: string;
}

type Entry = { readonly "zh-CN": MessageText; readonly en: MessageText };

const entry = (zh: readonly [string, string], en: readonly [string, string]): Entry => ({
  "zh-CN": { title: zh[0], text: zh[1] },
  en: { title: en[0], text: en[1] },
});

/** Every message that leaves the hub, by the kind of its notice. */
export const catalogue = {
  "ticket-opened": entry(
    ["新工单 {ticketId}（{priority}）", "设备 {machineId} 有新工单 {ticketId}，请受理。"],
    [
      "New ticket {ticketId} ({priority})",
      "Machine {machineId} has a new ticket {ticketId}: please take it up.",
    ],
  ),
  "ticket-assigned": entry(
    ["派单 {ticketId}（{priority}）", "工单 {ticketId}（设备 {machineId}）已派给您，请尽快接单。"],
    [
      "Assigned: {ticketId} ({priority})",
      "Ticket {ticketId} (machine {machineId}) is assigned to you. Please accept it.",
    ],
  ),
  "ticket-unassigned": entry(
    [
      "无人可派：{ticketId}（{priority}）",
      "工单 {ticketId}（设备 {machineId}）没有合适的工程师，请人工派单。",
    ],
    [
      "Nobody to send: {ticketId} ({priority})",
      "No engineer fits ticket {ticketId} (machine {machineId}): please assign one by hand.",
    ],
  ),
  "ticket-rejected": entry(
    ["未接单：{ticketId}", "工单 {ticketId} 被退回或超时未接，需要重新派单。"],
    [
      "Not accepted: {ticketId}",
      "Ticket {ticketId} was rejected or not accepted in time: please assign it again.",
    ],
  ),
  "ticket-reopened": entry(
    [
      "重新打开：{ticketId}（{priority}）",
      "设备 {machineId} 的工单 {ticketId} 未解决，已重新打开。",
    ],
    [
      "Reopened: {ticketId} ({priority})",
      "Ticket {ticketId} of machine {machineId} is not solved and is open again.",
    ],
  ),
  "ticket-closed": entry(
    ["已关闭：{ticketId}", "设备 {machineId} 的工单 {ticketId} 已关闭。"],
    ["Closed: {ticketId}", "Ticket {ticketId} of machine {machineId} is closed."],
  ),
  "priority-raised": entry(
    [
      "优先级提升：{ticketId}（{priority}）",
      "设备 {machineId} 的工单 {ticketId} 优先级升为“{priority}”。",
    ],
    [
      "Priority raised: {ticketId} ({priority})",
      "The priority of ticket {ticketId} (machine {machineId}) is now “{priority}”.",
    ],
  ),
  "clock-warned": entry(
    ["时效预警：{ticketId}", "工单 {ticketId} 的时效“{clock}”将于 {dueAt} 到期。"],
    ["Due soon: {ticketId}", "The clock “{clock}” of ticket {ticketId} is due by {dueAt}."],
  ),
  "clock-breached": entry(
    ["已超时：{ticketId}", "工单 {ticketId} 的时效“{clock}”已超时（应于 {dueAt} 前完成）。"],
    ["Overdue: {ticketId}", "The clock “{clock}” of ticket {ticketId} was due by {dueAt}."],
  ),
  "clock-escalated": entry(
    ["严重超时：{ticketId}", "工单 {ticketId} 的时效“{clock}”严重超时，请立即处理。"],
    [
      "Long overdue: {ticketId}",
      "The clock “{clock}” of ticket {ticketId} is long overdue: act now.",
    ],
  ),
  "expert-requested": entry(
    ["专家会诊：{ticketId}", "工单 {ticketId}（设备 {machineId}）请求专家支持。"],
    ["Expert wanted: {ticketId}", "Ticket {ticketId} (machine {machineId}) asks for an expert."],
  ),
  "parts-requested": entry(
    ["配件申领：{ticketId}", "工单 {ticketId} 申领配件，请审批。"],
    ["Parts requested: {ticketId}", "Ticket {ticketId} asks for parts: please approve."],
  ),
  "parts-ready": entry(
    ["配件到货：{ticketId}", "工单 {ticketId} 的配件 {parts} 已到 {location}，可以领取。"],
    [
      "Parts ready: {ticketId}",
      "Part {parts} of ticket {ticketId} can be picked up at {location}.",
    ],
  ),
  "parts-risk": entry(
    ["配件风险：{ticketId}", "工单 {ticketId} 的配件 {parts} 可能无法按时到达。"],
    ["Parts at risk: {ticketId}", "Parts of ticket {ticketId} may not come in time: {parts}."],
  ),
  "report-received": entry(
    ["已收到报修", "我们已收到您的报修，将尽快与您联系。进度查询：{link}"],
    ["We have your report", "We have your report and will call you soon. Progress: {link}"],
  ),
  "report-to-identify": entry(
    ["报修待识别", "收到一条无法识别设备的报修 {reportId}，请核实序列号。"],
    ["Report to be identified", "Report {reportId} names no machine we know: please find out."],
  ),
  "progress-code": entry(
    ["服务进度", "您的设备服务已安排。进度查询：{link}"],
    ["Progress of your service", "Your service is arranged. Follow it here: {link}"],
  ),
  "service-late": entry(
    ["服务延迟致歉", "很抱歉，您的服务未能按承诺时间进行，我们将尽快与您联系。进度查询：{link}"],
    [
      "We are late",
      "We are sorry: your service is later than promised. We will call you. Progress: {link}",
    ],
  ),
  "engineer-underway": entry(
    ["工程师已出发", "工程师已出发前往现场，预计到达时间：{arrivalAt}。进度查询：{link}"],
    [
      "Our engineer is on the way",
      "Our engineer is on the way to you. Expected arrival: {arrivalAt}. Progress: {link}",
    ],
  ),
  "engineer-arrived": entry(
    ["工程师已到场", "工程师已到达现场。进度查询：{link}"],
    ["Our engineer is there", "Our engineer has arrived at your machine. Progress: {link}"],
  ),
  "work-finished": entry(
    ["维修作业已完成", "维修作业已完成，我们会继续确认设备运转正常。进度查询：{link}"],
    [
      "The work is finished",
      "The work is finished; we go on to make sure that the machine runs well. Progress: {link}",
    ],
  ),
  "rating-invited": entry(
    ["请评价本次服务", "本次服务已完成。您的评价将直接送达总部：{link}"],
    ["How did we do?", "The work is done. Your rating goes straight to head office: {link}"],
  ),
  "survey-invited": entry(
    ["季度满意度调查", "诚邀您评价本季度的服务，结果直接送达总部：{link}"],
    ["Quarterly survey", "Please tell head office how our service was this quarter: {link}"],
  ),
  "follow-up-due": entry(
    ["待回访：{ticketId}", "请对工单 {ticketId}（设备 {machineId}）进行人工回访。"],
    [
      "Follow-up due: {ticketId}",
      "Please call the customer of ticket {ticketId} (machine {machineId}).",
    ],
  ),
  "complaint-opened": entry(
    ["新投诉 {complaintId}", "收到客户投诉 {complaintId}，应于 {dueAt} 前处理。"],
    ["New complaint {complaintId}", "Complaint {complaintId} must be handled by {dueAt}."],
  ),
  "complaint-overdue": entry(
    ["投诉超时 {complaintId}", "客户投诉 {complaintId} 已超过时限 {dueAt}。"],
    ["Complaint overdue: {complaintId}", "Complaint {complaintId} was due by {dueAt}."],
  ),
  "inspection-overdue": entry(
    ["检查逾期：{ticketId}", "设备 {machineId} 的例行检查 {ticketId} 已逾期。"],
    ["Inspection overdue: {ticketId}", "Inspection {ticketId} of {machineId} is overdue."],
  ),
  "failure-predicted": entry(
    [
      "预防维护建议：设备 {machineId}",
      "设备 {machineId} 有部件预计在 {dueAt} 前需要更换，服务站将与您约定时间（工单 {ticketId}）。",
    ],
    [
      "Maintenance ahead of a failure: {machineId}",
      "A part of {machineId} should be replaced by {dueAt}; your station will arrange a date (ticket {ticketId}).",
    ],
  ),
  "design-feedback": entry(
    ["批量故障：{faultCode}", "故障 {faultCode} 在 {machines} 台设备上出现，请研发分析。"],
    [
      "One fault, many machines: {faultCode}",
      "Fault {faultCode} was found on {machines} machines: please look into the design.",
    ],
  ),
  "rule-advisory": entry(
    [
      "规则转为提示：{ruleId}",
      "方案 {planId} 的规则 {ruleId} 准确率 {precision}%，已不再开单，请评审。",
    ],
    [
      "Rule advisory: {ruleId}",
      "Rule {ruleId} of plan {planId} is right in {precision}% of cases and opens no more tickets: please review.",
    ],
  ),
  "plan-approval": entry(
    ["配件计划待审批", "配件计划 {planId} 等待审批。"],
    ["Parts plan to approve", "Parts plan {planId} waits for approval."],
  ),
  "parts-approval-wanted": entry(
    ["配件待审批：{ticketId}", "配件工单 {ticketId} 等待您审批。"],
    ["Parts to approve: {ticketId}", "Parts ticket {ticketId} waits for your approval."],
  ),
  "parts-preempted": entry(
    [
      "配件被优先占用：{ticketId}",
      "配件工单 {ticketId} 预留的 {parts} 已让给更紧急的工单 {by}，正在重新寻源。",
    ],
    [
      "Parts given to another: {ticketId}",
      "{parts}, reserved for {ticketId}, went to the more urgent ticket {by} and is looked for again.",
    ],
  ),
  "part-return-due": entry(
    ["配件待归还：{parts}", "借出的配件 {parts}（{quantity} 件）尚未归还，请尽快办理。"],
    ["Part to be returned: {parts}", "Please return part {parts}: {quantity} still on loan."],
  ),
  "test-message": entry(
    ["测试消息", "这是一条测试消息，可以忽略。"],
    ["Test message", "This is a test. Nothing is to be done."],
  ),
} as const satisfies Readonly<Record<string, Entry>>;

/** What surrounds the messages. */
export const phrases = {
  "zh-CN": {
    digestTitle: "{count} 条通知汇总",
    digestMore: "……另有 {count} 条，见通知列表。",
    digestLine: "{title} ×{count}",
    unknownTitle: "通知：{kind}",
    none: "无",
    soon: "尽快",
    priorities: { emergency: "紧急", major: "重大", general: "一般", planned: "计划" },
  },
  en: {
    digestTitle: "{count} notices in one",
    digestMore: "… and {count} more: see the list of notices.",
    digestLine: "{title} ×{count}",
    unknownTitle: "Notice: {kind}",
    none: "none",
    soon: "as soon as possible",
    priorities: {
      emergency: "emergency",
      major: "major",
      general: "general",
      planned: "planned",
    },
  },
} as const;

/** Names of service clocks, as the interface shows them. */
export const clockNames: Readonly<
  Record<string, { readonly "zh-CN": string; readonly en: string }>
> = {
  response: { "zh-CN": "响应", en: "response" },
  dispatch_confirmation: { "zh-CN": "确认派单", en: "dispatch confirmation" },
  arrival: { "zh-CN": "到场", en: "arrival" },
  resolution: { "zh-CN": "闭环", en: "resolution" },
  report_upload: { "zh-CN": "报告上传", en: "report upload" },
  parts_reply: { "zh-CN": "配件答复", en: "parts reply" },
  parts_supply: { "zh-CN": "配件供货", en: "parts supply" },
  parts_delivery: { "zh-CN": "配件送达", en: "parts delivery" },
  repair_turnaround: { "zh-CN": "维修周期", en: "repair turnaround" },
  flying_squad_response: { "zh-CN": "突击队响应", en: "flying squad response" },
  follow_up: { "zh-CN": "回访", en: "follow-up" },
  due_window: { "zh-CN": "计划窗口", en: "planned window" },
};
