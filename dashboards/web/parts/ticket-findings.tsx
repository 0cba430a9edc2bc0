import { evidenceSentence } from "../evidence/evidence-sentence.ts";
import { phrase } from "../evidence/evidence-words.ts";
import { formatPercent } from "../format.ts";
import { inLanguage, language, t } from "../i18n/language.ts";
import type { Evidence, Ticket } from "../types.ts";

type TitleOf = (signal: string) => string;

const trustText = ({ right, judged }: NonNullable<Evidence["trust"]>) =>
  phrase(language.value, "trust", { right, judged });

export function EvidenceList({ ticket, titleOf }: { ticket: Ticket; titleOf: TitleOf }) {
  return (
    <ul class="evidence" data-testid="evidence">
      {ticket.evidence.map((one) => (
        <li key={`${one.findingId} ${one.from} ${one.to} ${one.kind}`} data-evidence={one.kind}>
          {evidenceSentence(one, { language: language.value, titleOf })}
          <small class="faint" data-testid="rule">
            {t("ruleOf", { rule: one.rule, version: one.planRef })}
            {one.trust && one.trust.judged > 0 && ` · ${trustText(one.trust)}`}
          </small>
        </li>
      ))}
    </ul>
  );
}

export function CauseList({ ticket }: { ticket: Ticket }) {
  const causes = ticket.candidateFaults.flatMap(({ causes: one }) => one);
  if (causes.length === 0) return null;
  const doSharesDiffer = causes.some(({ confidence }) => confidence !== causes[0]?.confidence);
  return (
    <section class="card">
      <h2>{t("likelyCauses")}</h2>
      <ol class="causes" data-testid="causes">
        {causes.map(({ id, text, confidence, remedy }) => (
          <li key={id}>
            <b>{inLanguage(text)}</b>
            {doSharesDiffer && confidence > 0 && (
              <span class="share">{formatPercent(confidence, language.value)}</span>
            )}
            <p>
              <span class="faint">{t("remedy")}</span> {inLanguage(remedy)}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function CheckList({ ticket, titleOf }: { ticket: Ticket; titleOf: TitleOf }) {
  if (ticket.checks.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("whatToCheck")}</h2>
      <ol class="checks" data-testid="checks">
        {ticket.checks.map(({ check, expected, signal }) => (
          <li key={check.en}>
            <b>{inLanguage(check)}</b>
            <p>
              <span class="faint">{t("expected")}</span> {inLanguage(expected)}
              {signal !== undefined && titleOf(signal) !== signal && (
                <span class="faint"> · {titleOf(signal)}</span>
              )}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
