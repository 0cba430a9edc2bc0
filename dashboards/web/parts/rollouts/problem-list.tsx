import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/rollouts-texts.ts";
import type { TextProblem } from "./rollout-types.ts";

const { t } = textsOf(texts);

/** Mistakes of a text, each with its place. */
export function ProblemList({ problems }: { readonly problems: readonly TextProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul class="plain" data-testid="text-problems">
      {problems.map(({ line, column, path, message }) => (
        <li key={`${line}:${column}:${message}`}>
          <b>{t("place", { line, column })}</b> <span class="code">{path}</span> {message}
        </li>
      ))}
    </ul>
  );
}
