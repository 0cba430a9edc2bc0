import { useSignal } from "@preact/signals";
import { path } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { ticketPath } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { More } from "../more.tsx";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { balancesOf, type MovementView, type StockView } from "./stock-data.ts";
import { formatChange, formatMoment } from "./stock-format.ts";
import type { Places } from "./use-places.ts";

const { t, word } = textsOf(texts);
const pageSize = 30;

interface Props {
  readonly partNo: string;
  readonly places: Places;
  readonly items: readonly StockView[];
  /** Changes whenever something was booked. */
  readonly version: number;
}

/** The ledger of a part, newest first, with what lay there after each movement; of one place, or of all. */
export function LedgerTable({ partNo, places, items, version }: Props) {
  const shown = useSignal(pageSize);
  const place = useSignal("");
  const wanted = new URLSearchParams({ limit: String(shown.value) });
  if (place.value !== "") wanted.set("location", place.value);
  const ledger = useResource<ListOf<MovementView>>(
    `${path`/stock/${partNo}/ledger`}?${wanted}#${version}`,
  );
  const onHand = items
    .filter(({ locationId }) => place.value === "" || locationId === place.value)
    .reduce((sum, one) => sum + one.onHand, 0);
  const balances = balancesOf(ledger.data?.items ?? [], onHand);
  return (
    <section class="card" data-testid="ledger-card">
      <div class="card-head">
        <h2>{t("ledger")}</h2>
        <label class="filter">
          <span class="unseen">{t("place")}</span>
          <select
            data-filter="ledger-place"
            value={place.value}
            onChange={(event) => {
              place.value = event.currentTarget.value;
            }}
          >
            <option value="">{t("allPlaces")}</option>
            {items.map(({ locationId }) => (
              <option key={locationId} value={locationId}>
                {places.nameOf(locationId)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Problem error={ledger.error} />
      <Table
        rows={ledger.data?.items}
        columns={columnsOf(places, balances)}
        rowKey={({ movementId }) => movementId}
        empty={t("noMovements")}
        testid="stock-ledger"
      />
      <More list={ledger.data} shown={shown} step={pageSize} />
    </section>
  );
}

const columnsOf = (
  { nameOf }: Places,
  balances: ReadonlyMap<string, number>,
): Column<MovementView>[] => [
  {
    key: "kind",
    title: t("movement"),
    isHead: true,
    value: ({ kind }) => kind,
    cell: (row) => (
      <>
        {word("movement", row.kind)}
        <span class="id">{placeText(row, nameOf)}</span>
      </>
    ),
  },
  {
    key: "change",
    title: t("change"),
    isNumber: true,
    value: ({ quantity }) => quantity,
    cell: ({ quantity, amount }) =>
      quantity === 0 ? (
        <span class="faint">({formatNumber(amount, language.value, 0)})</span>
      ) : (
        formatChange(quantity, language.value)
      ),
  },
  {
    key: "balance",
    title: t("balance"),
    isNumber: true,
    value: ({ movementId }) => balances.get(movementId),
    cell: ({ movementId }) => (
      <b>{formatNumber(balances.get(movementId) ?? 0, language.value, 0)}</b>
    ),
  },
  {
    key: "why",
    title: t("why"),
    cell: ({ ticketId, reason, reportLine }) => (
      <span>
        {ticketId && <a href={ticketPath(ticketId)}>{ticketId}</a>} {reason ?? reportLine}
      </span>
    ),
  },
  { key: "who", title: t("who"), cell: ({ actor }) => actor },
  {
    key: "at",
    title: t("when"),
    value: ({ at }) => at,
    cell: ({ at }) => <span class="nowrap">{formatMoment(at, language.value)}</span>,
  },
];

const placeText = (
  { locationId, fromId, toId }: MovementView,
  nameOf: (id: string) => string,
): string =>
  fromId !== undefined && toId !== undefined
    ? `${nameOf(fromId)} → ${nameOf(toId)}`
    : nameOf(locationId);
