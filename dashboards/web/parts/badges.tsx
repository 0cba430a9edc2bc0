import { ageOf, formatTime } from "../format.ts";
import { language, t, word } from "../i18n/language.ts";
import { serverNowMs } from "../live/now.ts";
import type { MachineRow, Ticket } from "../types.ts";

/** The index with its word; colour is never the only sign. */
export function Health({ row }: { row: Pick<MachineRow, "health" | "healthStatus"> }) {
  return (
    <span class={`health ${row.healthStatus}`}>
      <i class="dot" aria-hidden="true" />
      {row.health !== "unknown" && <b>{row.health}</b>}
      <span>{word("health", row.healthStatus)}</span>
    </span>
  );
}

/** How long ago an ISO stamp was, counting on by itself; the full time on hover. */
export function Ago({ at }: { at: string | null }) {
  if (at === null) return <span class="faint">{t("never")}</span>;
  const { key, count } = ageOf((serverNowMs.value - Date.parse(at)) / 1000);
  return (
    <time dateTime={at} title={formatTime(at, language.value)}>
      {t(key, { count })}
    </time>
  );
}

export function Link({ online, lastContact }: Pick<MachineRow, "online" | "lastContact">) {
  const state = online ? "online" : lastContact === null ? "never" : "offline";
  return (
    <span class={`link ${state}`}>
      <i class="dot" aria-hidden="true" />
      {t(state)}
    </span>
  );
}

/** Why nothing comes of a machine; what is only likely has a question mark. */
export function Silence({ of: silence }: { of: MachineRow["silence"] }) {
  if (silence === null) return null;
  const { cause, isCertain, isUsual, detail } = silence;
  return (
    <span class={isUsual ? "silence usual" : "silence"} data-silence={cause} title={detail}>
      {word("silence", cause)}
      {!isCertain && "?"}
    </span>
  );
}

export const Priority = ({ of }: { of: Pick<Ticket, "priority"> }) => (
  <span class={`chip priority ${of.priority}`}>{word("priority", of.priority)}</span>
);

export const State = ({ of }: { of: Pick<Ticket, "state"> }) => (
  <span class={`chip state ${of.state}`}>{word("state", of.state)}</span>
);
