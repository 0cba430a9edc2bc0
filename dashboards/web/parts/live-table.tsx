import { ageOf, formatNumber, formatUnit } from "../format.ts";
import { inLanguage, language, t, word } from "../i18n/language.ts";
import { serverNowMs } from "../live/now.ts";
import { signalKey } from "../signals.ts";
import type { SignalNow } from "../types.ts";

interface Props {
  readonly rows: readonly SignalNow[] | undefined;
  /** Keys of the signals that are drawn. */
  readonly chosen: readonly string[];
  /** Names of the signals that a finding speaks of now. */
  readonly troubled: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
}

/** The newest value of every signal. A value that is not good shows its quality, never a number. */
export function LiveTable({ rows, chosen, troubled, onToggle }: Props) {
  return (
    <table class="live" data-testid="signals">
      <thead>
        <tr>
          <th scope="col">{t("signal")}</th>
          <th scope="col" class="number">
            {t("value")}
          </th>
          <th scope="col" class="tick">
            {t("chart")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows?.map((row) => {
          const key = signalKey(row);
          const isChosen = chosen.includes(key);
          const isTroubled = troubled.has(row.name);
          const state = { row, isChosen, isTroubled };
          return <LiveRow key={key} {...state} onToggle={() => onToggle(key)} />;
        })}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly row: SignalNow;
  readonly isChosen: boolean;
  readonly isTroubled: boolean;
  readonly onToggle: () => void;
}

function LiveRow({ row, isChosen, isTroubled, onToggle }: RowProps) {
  const { name, title, unit, value, quality, spn, sa, decimals } = row;
  const ageSeconds = row.t === null ? null : (serverNowMs.value - Date.parse(row.t)) / 1000;
  const isOld = ageSeconds === null || ageSeconds > row.staleAfterSeconds;
  const isGood = quality === "good" && value !== null;
  if (row.derivedFrom) return <DerivedRow {...{ row, isChosen, isTroubled, onToggle }} />;
  const origin = [spn === undefined ? "" : `SPN ${spn}`, sa === undefined ? "" : `SA ${sa}`];
  return (
    <tr
      data-signal={name}
      data-sa={sa}
      class={`${isOld ? "old" : ""} ${isTroubled ? "troubled" : ""}`}
    >
      <th scope="row" data-field="title">
        {inLanguage(title)}
        <small class="id">{origin.filter((text) => text !== "").join(" · ") || name}</small>
      </th>
      <td class="number" data-field="value" data-value={isGood ? value : ""} data-quality={quality}>
        {isGood ? (
          <>
            <b>{formatNumber(value, language.value, decimals)}</b>{" "}
            <span class="unit">{formatUnit(unit)}</span>
          </>
        ) : (
          <span class={`quality ${quality}`}>{word("quality", quality)}</span>
        )}
        {isTroubled && <span class="chip finding">{t("activeFinding")}</span>}
        <small class="age" data-field="age" data-value={row.t ?? ""}>
          <AgeText seconds={ageSeconds} />
        </small>
      </td>
      <td class="tick">
        <input
          type="checkbox"
          aria-label={`${t("chart")}: ${inLanguage(title)}`}
          checked={isChosen}
          onChange={onToggle}
        />
      </td>
    </tr>
  );
}

/** It is reckoned where it is drawn, and has no value here. */
function DerivedRow({ row, isChosen, isTroubled, onToggle }: RowProps) {
  const title = inLanguage(row.title);
  return (
    <tr data-signal={row.name} data-derived class={isTroubled ? "troubled" : ""}>
      <th scope="row" data-field="title">
        {title}
        <small class="id">{row.name}</small>
      </th>
      <td class="number" data-field="value" data-value="">
        <span class="faint">{t("derivedSignal")}</span>{" "}
        <span class="unit">{formatUnit(row.unit)}</span>
        {isTroubled && <span class="chip finding">{t("activeFinding")}</span>}
      </td>
      <td class="tick">
        <input
          type="checkbox"
          aria-label={`${t("chart")}: ${title}`}
          checked={isChosen}
          onChange={onToggle}
        />
      </td>
    </tr>
  );
}

function AgeText({ seconds }: { seconds: number | null }) {
  if (seconds === null) return <span class="faint">{t("never")}</span>;
  const { key, count } = ageOf(seconds);
  return <span>{t(key, { count })}</span>;
}
