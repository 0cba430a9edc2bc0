import { durationText, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { serverNowMs } from "../../live/now.ts";
import type { Ticket } from "../../types.ts";

const { t, word } = textsOf(texts);
type Clock = Ticket["sla"][number];

export interface ClockView {
  readonly level: "calm" | "warned" | "breached" | "paused" | "over";
  /** Share of the time that has gone, 0 to 1. */
  readonly share: number;
  /** Until due, negative behind it; of a stopped clock: how much it was over. */
  readonly seconds: number;
}

/** How a clock stands. Pauses move the due time, so the time between start and due is what was promised and paused. Pure. */
export function viewOf(clock: Clock, nowMs: number): ClockView {
  const [startMs, dueMs] = [Date.parse(clock.startedAt), Date.parse(clock.dueAt)];
  const pausedAt = clock.pauses.find(({ to }) => to === undefined)?.from;
  const atMs = Date.parse(clock.stoppedAt ?? pausedAt ?? new Date(nowMs).toISOString());
  const share = dueMs > startMs ? (atMs - startMs) / (dueMs - startMs) : 1;
  const seconds = Math.round((dueMs - atMs) / 1000);
  const whole = { share: Math.min(1, Math.max(0, share)), seconds };
  if (clock.stoppedAt !== undefined || clock.status === "cancelled")
    return { level: "over", ...whole };
  if (clock.status === "paused") return { level: "paused", ...whole };
  if (seconds < 0) return { level: "breached", ...whole };
  return { level: share >= 0.8 ? "warned" : "calm", ...whole };
}

function targetText(clock: Clock): string | undefined {
  if (clock.targetWorkingDays !== undefined)
    return t("workingDays", { count: clock.targetWorkingDays });
  if (clock.targetMinutes === undefined) return undefined;
  return durationText(clock.targetMinutes * 60, language.value);
}

function stateText(clock: Clock, { level, seconds }: ClockView): string {
  const time = durationText(Math.abs(seconds), language.value);
  if (clock.status === "cancelled") return t("cancelledClock");
  if (clock.stoppedAt !== undefined)
    return clock.status === "breached"
      ? t("missedBy", {
          time: durationText((clock.overrunMs ?? -seconds * 1000) / 1000, language.value),
        })
      : t("metAt", { time: formatTime(clock.stoppedAt, language.value) });
  if (level === "paused") {
    const { reason = "" } = clock.pauses.at(-1) ?? {};
    return t("paused", { reason: word("pause", reason) });
  }
  return t(level === "breached" ? "overdue" : "left", { time });
}

/** What was promised, and how each promise stands; running ones first. */
export function ClockList({ ticket }: { readonly ticket: Ticket }) {
  if (ticket.sla.length === 0) return null;
  const views = ticket.sla.map((clock) => ({ clock, view: viewOf(clock, serverNowMs.value) }));
  const shown = views.sort(
    (a, b) => Number(a.view.level === "over") - Number(b.view.level === "over"),
  );
  return (
    <section class="card" data-testid="clocks">
      <h2>{t("clocks")}</h2>
      <ul class="clocks">
        {shown.map(({ clock, view }) => {
          const target = targetText(clock);
          return (
            <li key={clock.clockId} class={view.level} data-row={clock.clockId}>
              <p class="clock-head">
                <b>{word("clock", clock.kind)}</b>
                <span data-field="state" data-value={clock.status}>
                  {stateText(clock, view)}
                </span>
              </p>
              {clock.status !== "cancelled" && (
                <meter min={0} max={1} value={view.share} aria-label={word("clock", clock.kind)} />
              )}
              <p class="faint" data-field="dueAt" data-value={clock.dueAt}>
                {t("due", { time: formatTime(clock.dueAt, language.value) })}
                {target !== undefined && ` · ${t("ofTarget", { target })}`}
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
