import { type Language, severityText, textOf } from "./finding-texts.ts";
import { gatewayLines } from "./gateway-lines.ts";
import type { Report } from "./inspector.ts";
import { stateWord, word } from "./page-words.ts";

/** A report as lines for a terminal. */
export function reportText(report: Report, language: Language): string {
  const { gatewayId, buses, signals, findings } = report;
  const titles = new Map(signals.map(({ name, title }) => [name, title[language]]));
  const lines = [word(language, "title", { id: gatewayId })];
  for (const { machineId, source, state, perSecond } of buses)
    lines.push(
      `  ${machineId}  ${source}  ${word(language, "perSecond", { rate: perSecond })}  ${stateWord(language, state)}`,
    );
  const good = signals.filter(({ value }) => value !== null).length;
  lines.push(`  ${word(language, "signals")}: ${good} / ${signals.length}`);
  for (const { name, value, detail } of gatewayLines(report, language))
    lines.push(`  ${name}: ${value}${detail === "" ? "" : ` (${detail})`}`);
  lines.push("");
  if (findings.length === 0) lines.push(word(language, "allWell"));
  for (const finding of findings) {
    const { is, todo } = textOf(finding, language, (name) => titles.get(name) ?? name);
    lines.push(`[${severityText(language, finding.severity)}] ${is}`, `    ${todo}`);
  }
  return `${lines.join("\n")}\n`;
}
