import { type Language, severityText, textOf } from "./finding-texts.ts";
import type { Report } from "./inspector.ts";
import { trustWord, word } from "./page-words.ts";

/** A report as lines for a terminal. */
export function reportText(report: Report, language: Language): string {
  const { gatewayId, buses, signals, findings, time, spool, link, certificate } = report;
  const titles = new Map(signals.map(({ name, title }) => [name, title[language]]));
  const lines = [word(language, "title", { id: gatewayId })];
  for (const { machineId, source, state, perSecond } of buses)
    lines.push(
      `  ${machineId}  ${source}  ${word(language, "perSecond", { rate: perSecond })}  ${state}`,
    );
  const good = signals.filter(({ value }) => value !== null).length;
  lines.push(`  ${word(language, "signals")}: ${good} / ${signals.length}`);
  if (link)
    lines.push(
      `  ${word(language, "link")}: ${word(language, link.link === "sending" ? "linkUp" : "linkDown")}`,
    );
  if (spool)
    lines.push(
      `  ${word(language, "spool")}: ${word(language, "spoolUnknown", { batches: spool.pendingBatches })}`,
    );
  lines.push(`  ${word(language, "time")}: ${trustWord(language, time.trust)}`);
  if (certificate)
    lines.push(
      `  ${word(language, "certificate")}: ${word(language, "days", { days: certificate.daysLeft })}`,
    );
  lines.push("");
  if (findings.length === 0) lines.push(word(language, "allWell"));
  for (const finding of findings) {
    const { is, todo } = textOf(finding, language, (name) => titles.get(name) ?? name);
    lines.push(`[${severityText(language, finding.severity)}] ${is}`, `    ${todo}`);
  }
  return `${lines.join("\n")}\n`;
}
