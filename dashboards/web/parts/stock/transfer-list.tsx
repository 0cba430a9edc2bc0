import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { may, path } from "../../api-client.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { onLive } from "../../live/live-events.ts";
import { useResource } from "../../live/use-resource.ts";
import { query, ticketPath } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { Filter, listPath } from "../filters.tsx";
import { Field, textIn } from "../form.tsx";
import { More, pageSize } from "../more.tsx";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { PlaceFilter, partColumn } from "./place-filter.tsx";
import { StepButton, StepForm } from "./step-button.tsx";
import { endOfTransfer, nextOfTransfer, type Transfer } from "./stock-data.ts";
import { formatMoment } from "./stock-format.ts";
import { isPast } from "./stock-nav.tsx";
import { type Places, usePlaces } from "./use-places.ts";

const { t, word } = textsOf(texts);
const pollMs = 15_000;
const states: readonly Transfer["state"][] = [
  "requested",
  "approved",
  "picked",
  "in_transit",
  "received",
  "cancelled",
  "lost",
];

/** What is on its way or about to be, newest first, each with its one next step. */
export function TransferList() {
  const shown = useSignal(pageSize);
  const places = usePlaces();
  const state = query.value.get("state");
  const open = state ? {} : { open: "true" };
  const address = listPath("/transfers", state === "all" ? ["location"] : ["location", "state"], {
    limit: String(shown.value),
    ...(state === "all" ? {} : open),
  });
  const list = useResource<ListOf<Transfer>>(address, pollMs);
  const { reload } = list;
  useEffect(() => onLive("ticket", reload), [reload]);
  return (
    <>
      <div class="tools">
        <Filter
          name="state"
          label={t("state")}
          none={t("openOnly")}
          words={[...states, "all"]}
          textOf={(one) => (one === "all" ? t("all") : word("transfer", one))}
        />
        <PlaceFilter places={places} />
      </div>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columnsOf(places, reload)}
        rowKey={({ transferId }) => transferId}
        empty={t("noTransfers")}
        testid="transfers"
      />
      <More list={list.data} shown={shown} />
    </>
  );
}

const columnsOf = ({ nameOf }: Places, onDone: () => void): Column<Transfer>[] => [
  partColumn(),
  {
    key: "route",
    title: t("route"),
    cell: ({ fromId, toId }) => (
      <span>
        {nameOf(fromId)} → {nameOf(toId)}
      </span>
    ),
  },
  {
    key: "state",
    title: t("state"),
    value: ({ state }) => state,
    cell: ({ state, isGreen }) => (
      <span class="stock-chips">
        <span class={`chip state ${state}`}>{word("transfer", state)}</span>
        {isGreen && <span class="chip green">{t("green")}</span>}
      </span>
    ),
  },
  {
    key: "ticket",
    title: t("ticket"),
    cell: ({ ticketId }) =>
      ticketId === undefined ? (
        <span class="faint">–</span>
      ) : (
        <a href={ticketPath(ticketId)}>{ticketId}</a>
      ),
  },
  {
    key: "requestedAt",
    title: t("requestedAt"),
    cell: ({ requestedAt }) => <Moment at={requestedAt} />,
  },
  {
    key: "eta",
    title: t("eta"),
    value: ({ etaAt }) => etaAt,
    cell: ({ etaAt, endedAt }) =>
      etaAt === undefined ? (
        <span class="faint">–</span>
      ) : (
        <Due at={etaAt} isLate={endedAt === undefined && isPast(etaAt)} />
      ),
  },
  { key: "next", title: t("next"), cell: (one) => <Steps transfer={one} onDone={onDone} /> },
];

export const Moment = ({ at }: { at: string }) => (
  <time class="nowrap" dateTime={at}>
    {formatMoment(at, language.value)}
  </time>
);

/** A date, and whether it is past. */
export const Due = ({ at, isLate }: { at: string; isLate: boolean }) => (
  <span class={isLate ? "due breached" : undefined}>
    <Moment at={at} />
    {isLate && ` ${t("overdue")}`}
  </span>
);

function Steps({ transfer, onDone }: { transfer: Transfer; onDone: () => void }) {
  const next = nextOfTransfer(transfer);
  const end = endOfTransfer(transfer);
  const target = (step: string) => `${path`/transfers/${transfer.transferId}`}/${step}`;
  if (next === undefined) return <span class="faint">{transfer.reason ?? "–"}</span>;
  return (
    <div class="row-actions">
      {may(next.needs) ? (
        <StepButton key={next.step} step={next.step} target={target(next.step)} onDone={onDone} />
      ) : (
        <span class="faint">{next.step === "approve" ? t("waitsForApproval") : "–"}</span>
      )}
      {end !== undefined && may(end.needs) && (
        <StepForm
          key={`${end.step} ${transfer.state}`}
          step={end.step}
          target={target(end.step)}
          bodyOf={(form) => ({ reason: textIn(form, "reason") })}
          onDone={onDone}
        >
          <Field label={t("reason")}>
            <input name="reason" required maxLength={1000} />
          </Field>
        </StepForm>
      )}
    </div>
  );
}
