import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { t } from "../i18n/language.ts";
import type { MessageKey } from "../i18n/messages.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { useRested } from "../live/use-rested.ts";
import { FleetRow } from "../parts/fleet-row.tsx";
import { FleetStrip } from "../parts/fleet-strip.tsx";
import { LinkNotices } from "../parts/link-notices.tsx";
import { Problem } from "../parts/problem.tsx";
import type { FleetSummary, ListOf, MachineRow } from "../types.ts";

const columns = [
  { sort: "machineId", text: "machine", first: "asc" },
  { sort: "plan", text: "machineType", first: "asc" },
  { sort: "health", text: "health", first: "asc" },
  { sort: "lastContact", text: "lastContact", first: "desc" },
  { sort: "openTickets", text: "openTickets", first: "desc" },
  { sort: "activeCodes", text: "activeCodes", first: "desc" },
] as const satisfies readonly { sort: string; text: MessageKey; first: "asc" | "desc" }[];
type Sort = (typeof columns)[number]["sort"];

const pageSize = 100;
const mostShown = 1000;
const pollMs = 5_000;

/** The fleet, a page at a time and sorted by the server, so that 10,000 machines open as fast as ten. */
export function FleetPage() {
  const sort = useSignal<Sort>("openTickets");
  const order = useSignal<"asc" | "desc">("desc");
  const typed = useSignal("");
  const shown = useSignal(pageSize);
  const search = useRested(typed.value.trim());

  const query = useMemo(() => {
    const parameters = new URLSearchParams({
      limit: String(shown.value),
      sort: sort.value,
      order: order.value,
    });
    if (search !== "") parameters.set("search", search);
    return `/machines?${parameters}`;
  }, [shown.value, sort.value, order.value, search]);
  const list = useResource<ListOf<MachineRow>>(query, pollMs);
  const fleet = useResource<FleetSummary>("/fleet", pollMs);
  const { replace } = list;

  useEffect(
    () =>
      onLive("machine", (row) =>
        replace((before) => ({
          ...before,
          items: before.items.map((one) => (one.machineId === row.machineId ? row : one)),
        })),
      ),
    [replace],
  );

  const sortBy = (column: (typeof columns)[number]) => {
    if (sort.value === column.sort) order.value = order.value === "asc" ? "desc" : "asc";
    else {
      sort.value = column.sort;
      order.value = column.first;
    }
  };
  const rows = list.data?.items;

  return (
    <section class="page" aria-busy={rows === undefined}>
      <h1 class="unseen">{t("fleet")}</h1>
      <FleetStrip fleet={fleet.data} />
      <div class="tools">
        <label class="search">
          <span class="unseen">{t("search")}</span>
          <input
            type="search"
            placeholder={t("searchHint")}
            value={typed.value}
            maxLength={200}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
        </label>
        <label class="sort-narrow">
          <span>{t("sortBy")}</span>
          <select
            value={sort.value}
            onChange={(event) => {
              const column = columns.find((one) => one.sort === event.currentTarget.value);
              if (column) sortBy(column);
            }}
          >
            {columns.map((column) => (
              <option key={column.sort} value={column.sort}>
                {t(column.text)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Problem error={list.error} />
      <LinkNotices pollMs={pollMs} />
      <table class="rows fleet" data-testid="fleet">
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.sort}
                class={column.sort}
                scope="col"
                aria-sort={
                  sort.value !== column.sort
                    ? undefined
                    : order.value === "asc"
                      ? "ascending"
                      : "descending"
                }
              >
                <button type="button" onClick={() => sortBy(column)}>
                  {t(column.text)}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows?.map((row) => (
            <FleetRow key={row.machineId} row={row} />
          ))}
        </tbody>
      </table>
      {rows?.length === 0 && <p class="empty">{t("noMachines")}</p>}
      {list.data?.next && shown.value < mostShown && (
        <p class="more">
          <button
            type="button"
            onClick={() => {
              shown.value = Math.min(mostShown, shown.value + pageSize);
            }}
          >
            {t("showMore")}
          </button>
          <span class="faint">
            {t("shownCount", { shown: rows?.length ?? 0, total: fleet.data?.machines ?? "…" })}
          </span>
        </p>
      )}
    </section>
  );
}
