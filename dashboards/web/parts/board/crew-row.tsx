import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { durationText, formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/board-texts.ts";
import type { CrewRow as Member, Ranking } from "./board-data.ts";

const { t, word } = textsOf(texts);

interface Props {
  readonly member: Member;
  readonly ranked?: Ranking["ranked"][number] | undefined;
  /** Suggested, runner-up, or neither. */
  readonly rank?: "suggested" | "runnerUp" | undefined;
  /** Absent: nothing can be dropped here. */
  readonly onDrop?: ((engineerId: string) => void) | undefined;
  /** Name of a station; its id when left out. */
  readonly stationOf?: ((stationId: string) => string) | undefined;
  readonly children?: ComponentChildren;
}

/** One engineer: state, load, and for a chosen ticket how far away and why; a place to drop a ticket on. */
export function CrewRow({ member, ranked, rank, onDrop, stationOf, children }: Props) {
  const [isOver, setOver] = useState(false);
  const { engineerId, name = engineerId, level, state, assignedHours, optimalLoadHours } = member;
  return (
    <li
      class={`crew-row ${rank ?? ""} ${isOver ? "over" : ""}`}
      data-row={engineerId}
      data-rank={rank}
      onDragOver={(event) => {
        if (!onDrop) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop?.(engineerId);
      }}
    >
      <div class="crew-head">
        <b data-field="name">{name}</b>
        <span class={`chip engineer-state ${state}`} data-field="state" data-value={state}>
          {word("engineerState", state)}
        </span>
        {rank && <span class="chip rank">{t(rank)}</span>}
      </div>
      <p class="faint">
        {[
          word("level", level),
          stationOf?.(member.stationId) ?? member.stationId,
          ...(ranked
            ? [
                t("eta", { time: durationText(ranked.etaMinutes * 60, language.value) }),
                ...(ranked.km === undefined
                  ? []
                  : [`${formatNumber(ranked.km, language.value, 0)}\u00a0km`]),
              ]
            : []),
          ...(ranked && !ranked.isInTime ? [t("late")] : []),
        ].join(" · ")}
      </p>
      <p class="load">
        <meter
          min={0}
          max={member.maxLoadHours}
          high={optimalLoadHours}
          value={assignedHours}
          aria-label={t("loadHours", { hours: assignedHours })}
        />
        <small>{t("loadHours", { hours: formatNumber(assignedHours, language.value, 1) })}</small>
      </p>
      {children}
    </li>
  );
}
