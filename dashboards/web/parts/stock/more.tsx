import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import type { ListOf } from "../../types.ts";

const { t } = textsOf(texts);
export const pageSize = 100;
const mostShown = 1000;

interface Props {
  readonly list: ListOf<unknown> | undefined;
  /** How many are asked for. */
  readonly shown: { value: number };
  readonly step?: number;
}

/** Lengthens a list, as far as the interface gives one. */
export function More({ list, shown, step = pageSize }: Props) {
  if (!list?.next || shown.value >= mostShown) return null;
  return (
    <p class="more">
      <button
        type="button"
        onClick={() => {
          shown.value = Math.min(mostShown, shown.value + step);
        }}
      >
        {t("showMore")}
      </button>
    </p>
  );
}
