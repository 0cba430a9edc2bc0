import { language } from "../../i18n/language.ts";
import { explainErrors } from "../problem.tsx";

/** What the life cycle misses, by its own English words, for people who read Chinese. `$1` is what it names. */
const guards: readonly (readonly [pattern: RegExp, chinese: string])[] = [
  [/^a person confirms/, "须由人员确认，程序不能确认。"],
  [/^a photo of the site/, "请先上传现场照片。"],
  [/^a priority is lowered/, "只能由人员降低优先级。"],
  [/^a safety-related ticket is closed/, "涉及安全的工单须完工并验证后才能关闭。"],
  [/^a step of the checklist/, "检查表中有未填写的步骤。"],
  [/^a ticket is not merged into itself/, "工单不能合并到自身。"],
  [/^an expert must have been asked/, "离场前须先请专家会诊。"],
  [/^at least one judgement/, "请至少填写一次判断及处理结果。"],
  [/^name the parts/, "请填写缺少的配件。"],
  [/^only a person closes/, "未经现场处理的工单只能由人员关闭。"],
  [/^only the last attempt/, "只有最后一次处理可以是“故障排除”。"],
  [/^the full check/, "尚未完成整机检查。"],
  [/^the hold ends/, "挂起结束时间早于开始时间。"],
  [/^the last attempt neither/, "最后一次处理结果须为“故障排除”或“未发现故障”。"],
  [/^the last attempt says otherwise/, "最后一次处理已解决问题，请改为“完工”。"],
  [/^the repair is not verified/, "维修结果尚未验证。"],
  [/^the safety checklist/, "安全检查未完成。"],
  [/^the site survey/, "缺少现场调查。"],
  [/^the window ends/, "结束时间早于开始时间。"],
  [/^there is no service report/, "尚无服务报告。"],
  [/^(\S+) did not take \S+ before/, "$1 此前未接此单。"],
  [/^(\S+) is of another machine/, "$1 属于另一台设备。"],
  [/^(\S+) was merged itself/, "$1 已被合并，请填写其所并入的工单。"],
  [/^\S+ is not lower/, "所选优先级不低于当前优先级。"],
  [/^\S+ has no due window/, "该工单没有计划时间。"],
  [/^\S+ is in the workshop already/, "设备已进站。"],
  [/^closed more than (\d+) days ago/, "关闭已超过 $1 天，不能重新打开。"],
  [/^more than (\S+) km from/, "距设备超过 $1 公里或位置未知，请说明原因。"],
  [/^still open for \S+: (.+) \(TK-5\)/, "以下单据尚未结清：$1。"],
  [/^the report has no/, "报告内容不完整。"],
  [/^not answered yet: (.+)/, "尚未填写的检查步骤：$1。"],
  [/^nobody to go/, "尚未指定、派出或建议工程师。"],
];

/** A refusal in the language of the reader. Pure. */
export function guardWords(message: string, inUse: "en" | "zh-CN"): string {
  if (inUse === "en") {
    const plain = message.replace(/ \((?:TK|SR|MR)-\d+\)/, "");
    return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
  }
  const found = guards.find(([pattern]) => pattern.test(message));
  return found ? (message.match(found[0])?.[0] ?? message).replace(found[0], found[1]) : message;
}

explainErrors(({ code, message }) =>
  code === "TICKET_GUARD" ? guardWords(message, language.value) : undefined,
);
