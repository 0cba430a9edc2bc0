import type { BoardFigures } from "@firebreak/tickets/board-figures.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/board-texts.ts";

const { word } = textsOf(texts);
const figuresShown = [
  ["unassigned", ""],
  ["dueWithinHour", "warm"],
  ["breached", "hot"],
  ["waitingParts", ""],
  ["open", ""],
] as const;

/** The queue in numbers. */
export function BoardStrip({ figures }: { readonly figures: BoardFigures | undefined }) {
  return (
    <dl class="board-figures" data-testid="board-figures">
      {figuresShown.map(([name, tone]) => (
        <div key={name} class={(figures?.[name] ?? 0) > 0 ? tone : ""}>
          <dt>{word("figure", name)}</dt>
          <dd data-field={name} data-value={figures?.[name]}>
            {figures?.[name] ?? "–"}
          </dd>
        </div>
      ))}
    </dl>
  );
}
