import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { may, path } from "../api-client.ts";
import { inLanguage, language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/stock-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Problem } from "../parts/problem.tsx";
import { LedgerTable } from "../parts/stock/ledger-table.tsx";
import { PartFacts } from "../parts/stock/part-facts.tsx";
import { PartForm } from "../parts/stock/part-form.tsx";
import { SourcingCard } from "../parts/stock/sourcing-card.tsx";
import { levelColumns, placeColumn } from "../parts/stock/stock-columns.tsx";
import type { HeldPart, PartView, StockView } from "../parts/stock/stock-data.ts";
import { formatMoment } from "../parts/stock/stock-format.ts";
import { StockNav } from "../parts/stock/stock-nav.tsx";
import { StockOrder } from "../parts/stock/stock-order.tsx";
import { type Places, usePlaces } from "../parts/stock/use-places.ts";
import { type Column, Table } from "../parts/table.tsx";
import { ticketPath } from "../router.ts";
import type { ListOf } from "../types.ts";

const { t, word } = textsOf(texts);
const pollMs = 30_000;

/** One part: what it is, where it lies, for whom, how it moved, and from where it would come. */
export function PartPage({ partNo }: { partNo: string }) {
  usePageTitle(partNo);
  const version = useSignal(0);
  const [isChanging, change] = useState(false);
  const chosen = useSignal("");
  const places = usePlaces();
  const part = useResource<PartView>(path`/parts/${partNo}`);
  const stock = useResource<ListOf<StockView>>(
    `/stock?${new URLSearchParams({ part: partNo, limit: "1000" })}`,
    pollMs,
  );
  const held = useResource<ListOf<HeldPart>>(path`/stock/${partNo}/reservations`, pollMs);
  const items = stock.data?.items ?? [];
  const place = chosen.value || (items[0]?.locationId ?? places.list[0]?.locationId ?? "");
  const reload = () => {
    version.value += 1;
    stock.reload();
    held.reload();
    part.reload();
  };
  const mayBook = may("stock.write");
  return (
    <section class="page">
      <StockNav />
      <header class="title-row">
        <div>
          <p class="over-title">
            <span class="code">{partNo}</span>
            {part.data && <span>{word("category", part.data.category)}</span>}
          </p>
          <h1>{part.data ? inLanguage(part.data.name) : partNo}</h1>
        </div>
        {part.data && mayBook && !isChanging && (
          <button type="button" data-testid="change-part" onClick={() => change(true)}>
            {t("changePart")}
          </button>
        )}
      </header>
      {part.data && isChanging && (
        <PartForm
          part={part.data}
          onSaved={() => {
            change(false);
            reload();
          }}
          onCancel={() => change(false)}
        />
      )}
      <Problem error={part.error ?? stock.error} />
      <div class="columns">
        <div>
          <section class="card" data-testid="part-stock">
            <h2>{t("stockByPlace")}</h2>
            <Table
              rows={stock.data?.items}
              columns={[
                placeColumn(true),
                ...levelColumns(),
                ...(mayBook ? [bookColumn(chosen)] : []),
              ]}
              rowKey={({ locationId }) => locationId}
              rowClass={({ band }) => (band === "within" ? "" : `is-${band}`)}
              empty={t("noStock")}
              testid="places"
            />
          </section>
          {mayBook && places.list.length > 0 && stock.data && (
            <StockOrder
              partNo={partNo}
              places={places}
              items={items}
              locationId={place}
              onPlace={(id) => {
                chosen.value = id;
              }}
              onDone={reload}
            />
          )}
          <LedgerTable partNo={partNo} places={places} items={items} version={version.value} />
        </div>
        <div>
          {part.data && <PartFacts part={part.data} />}
          <HeldCard held={held.data?.items} places={places} />
          <SourcingCard partNo={partNo} places={places} version={version.value} />
        </div>
      </div>
    </section>
  );
}

const bookColumn = (chosen: { value: string }): Column<StockView> => ({
  key: "actions",
  title: "",
  cell: ({ locationId }) => (
    <button
      type="button"
      class="quiet"
      data-testid="book"
      onClick={() => {
        chosen.value = locationId;
        document.querySelector("[data-testid=stock-order]")?.scrollIntoView({ block: "nearest" });
      }}
    >
      {t("book")}
    </button>
  ),
});

interface HeldProps {
  readonly held: readonly HeldPart[] | undefined;
  readonly places: Places;
}

function HeldCard({ held, places }: HeldProps) {
  return (
    <section class="card" data-testid="held">
      <h2>{t("reservedFor")}</h2>
      {held?.length === 0 && <p class="empty">{t("nothingReserved")}</p>}
      <ul class="plain">
        {held?.map((one) => (
          <li key={one.reservationId} class="held" data-reservation={one.reservationId}>
            <b>{t("pieces", { count: one.quantity })}</b>
            {one.ticketId === undefined ? (
              <a href="/transfers">{t("transfers")}</a>
            ) : (
              <a href={ticketPath(one.ticketId)}>{one.ticketId}</a>
            )}
            <span class={`chip priority ${one.priority}`}>{word("priority", one.priority)}</span>
            <span class="faint">
              {[
                places.nameOf(one.locationId),
                ...(one.state === "picked" ? [t("pickedUp")] : []),
                formatMoment(one.at, language.value),
              ].join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
