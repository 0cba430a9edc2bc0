import { formatNumber, formatPercent } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/figures-texts.ts";
import type { Figure, FigureUnit } from "./kpi-tiles.ts";

const { t } = textsOf(texts);
const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

/** A length of time in the unit that fits it: minutes below an hour, hours below two days, else days. */
function durationText(ms: number): string {
  const inUse = language.value;
  const size = Math.abs(ms);
  if (size < hourMs) return t("minutes", { value: formatNumber(ms / minuteMs, inUse, 0) });
  if (size < 2 * dayMs) return t("hours", { value: formatNumber(ms / hourMs, inUse, 1) });
  return t("days", { value: formatNumber(ms / dayMs, inUse, 1) });
}

/** A figure for people; what nothing can be said of is a dash. */
export function figureText(value: number | null | undefined, unit: FigureUnit): string {
  if (value === null || value === undefined) return "–";
  const inUse = language.value;
  if (unit === "share") return formatPercent(value, inUse);
  if (unit === "duration") return durationText(value);
  if (unit === "fen") return `¥${formatNumber(value / 100, inUse, 0)}`;
  return formatNumber(value, inUse, 2);
}

interface Props {
  readonly figure: Pick<Figure, "key" | "unit" | "kind" | "aim">;
  readonly value: number | null | undefined;
  readonly isLead?: boolean;
}

/** A figure with what is aimed at below it, marked as such. */
export function FigureTile({ figure: { key, unit, kind, aim = "" }, value, isLead }: Props) {
  const wording = Object.hasOwn(texts, aim) ? t(aim as keyof typeof texts) : aim;
  return (
    <div class={isLead ? "tile lead-tile" : "tile"} data-figure={key} data-value={value ?? ""}>
      <dt>{t(key)}</dt>
      <dd>{figureText(value, unit)}</dd>
      {kind && <small class="aim">{t(kind, { value: wording })}</small>}
    </div>
  );
}
