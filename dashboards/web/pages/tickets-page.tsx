import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t, word } from "../i18n/language.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { Problem } from "../parts/problem.tsx";
import { TicketRows } from "../parts/ticket-rows.tsx";
import type { ListOf, Ticket } from "../types.ts";

const kinds = ["inspection", "repair", "parts"] as const;
const pageSize = 50;

/** All tickets, newest first; new ones appear by themselves. */
export function TicketsPage() {
  const state = useSignal<"open" | "closed">("open");
  const kind = useSignal("");
  const shown = useSignal(pageSize);
  const query = new URLSearchParams({ state: state.value, limit: String(shown.value) });
  if (kind.value !== "") query.set("kind", kind.value);
  const list = useResource<ListOf<Ticket>>(`/tickets?${query}`);
  const { reload } = list;
  useEffect(() => onLive("ticket", reload), [reload]);

  return (
    <section class="page">
      <h1>{t("tickets")}</h1>
      <div class="tools">
        <fieldset class="switch wide">
          <legend class="unseen">{t("state")}</legend>
          {(["open", "closed"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={state.value === one}
              data-state={one}
              onClick={() => {
                state.value = one;
                shown.value = pageSize;
              }}
            >
              {t(one)}
            </button>
          ))}
        </fieldset>
        <label>
          <span class="unseen">{t("kind")}</span>
          <select
            data-testid="kind"
            value={kind.value}
            onChange={(event) => {
              kind.value = event.currentTarget.value;
            }}
          >
            <option value="">{t("allKinds")}</option>
            {kinds.map((one) => (
              <option key={one} value={one}>
                {word("kind", one)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Problem error={list.error} />
      <TicketRows tickets={list.data?.items} />
      {list.data?.next && shown.value < 200 && (
        <p class="more">
          <button
            type="button"
            onClick={() => {
              shown.value = Math.min(200, shown.value + pageSize);
            }}
          >
            {t("showMore")}
          </button>
        </p>
      )}
    </section>
  );
}
