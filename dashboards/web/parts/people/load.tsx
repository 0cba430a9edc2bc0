import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/people-texts.ts";
import type { CrewRow } from "../board/board-data.ts";

const { t } = textsOf(texts);

/** Hours of open work against what an engineer can do. */
export const Load = ({ of }: { of: CrewRow }) => {
  const hours = formatNumber(of.assignedHours, language.value, 1);
  const text = t("loadOf", { hours, most: of.maxLoadHours });
  return (
    <span class="load">
      <meter
        min={0}
        max={of.maxLoadHours}
        high={of.optimalLoadHours}
        value={of.assignedHours}
        aria-label={text}
      />
      <small>{text}</small>
    </span>
  );
};
