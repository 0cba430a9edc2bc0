import { useSignal } from "@preact/signals";
import { may, path } from "../../api-client.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { serverNowMs } from "../../live/now.ts";
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
import { outOf, owedOf, type PartLoan } from "./stock-data.ts";
import { formatMoment } from "./stock-format.ts";
import { Moment } from "./transfer-list.tsx";
import { type Places, usePlaces } from "./use-places.ts";

const { t, word } = textsOf(texts);
const pollMs = 30_000;

/** Parts that are out, those out longest first, and the old parts that are owed. */
export function LoanList() {
  const shown = useSignal(pageSize);
  const places = usePlaces();
  const all = query.value.get("state") === "all";
  const address = listPath("/part-loans", ["location"], {
    limit: String(shown.value),
    ...(all ? {} : { open: "true" }),
  });
  const list = useResource<ListOf<PartLoan>>(address, pollMs);
  return (
    <>
      <div class="tools">
        <Filter
          name="state"
          label={t("state")}
          none={t("openOnly")}
          words={["all"]}
          textOf={() => t("all")}
        />
        <PlaceFilter places={places} />
      </div>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columnsOf(places, list.reload)}
        rowKey={({ loanId }) => loanId}
        empty={t("noLoans")}
        testid="loans"
      />
      <More list={list.data} shown={shown} />
    </>
  );
}

const columnsOf = ({ nameOf }: Places, onDone: () => void): Column<PartLoan>[] => [
  partColumn(),
  {
    key: "with",
    title: t("loanedTo"),
    cell: ({ engineerId, locationId }) => (
      <span>
        {engineerId ?? t("customer")}
        <span class="id">{nameOf(locationId)}</span>
      </span>
    ),
  },
  {
    key: "state",
    title: t("state"),
    value: ({ state }) => state,
    cell: ({ state, used, returned }) => (
      <span>
        <span class={`chip state ${state === "open" ? "loaned" : state}`}>
          {word("loan", state)}
        </span>
        {used + returned > 0 && <span class="id">{t("settled", { used, returned })}</span>}
      </span>
    ),
  },
  {
    key: "ticket",
    title: t("ticket"),
    cell: ({ ticketId, parentId }) => (
      <a href={ticketPath(parentId ?? ticketId)}>{parentId ?? ticketId}</a>
    ),
  },
  { key: "openedAt", title: t("openedAt"), cell: ({ openedAt }) => <Moment at={openedAt} /> },
  { key: "due", title: t("due"), cell: (loan) => <Owed loan={loan} /> },
  { key: "next", title: t("next"), cell: (loan) => <Steps loan={loan} onDone={onDone} /> },
];

function Owed({ loan }: { loan: PartLoan }) {
  const { pieces, oldPart } = owedOf(loan, serverNowMs.value);
  const time = (at: string) => formatMoment(at, language.value);
  return (
    <span class="owed">
      {pieces?.at !== undefined && (
        <span class={pieces.isPast ? "due breached" : undefined} data-owed="pieces">
          {t("returnDue", { time: time(pieces.at) })}
          {pieces.isPast && ` · ${t("returnOverdue")}`}
        </span>
      )}
      {oldPart !== undefined && (
        <span class={oldPart.isPast ? "due breached" : undefined} data-owed="old-part">
          {t("oldPartDue", { time: time(oldPart.at) })}
          {oldPart.isPast && ` · ${t("oldPartOverdue")}`}
        </span>
      )}
      {pieces?.at === undefined && oldPart === undefined && <span class="faint">–</span>}
    </span>
  );
}

function Steps({ loan, onDone }: { loan: PartLoan; onDone: () => void }) {
  const target = (step: string) => `${path`/part-loans/${loan.loanId}`}/${step}`;
  const { pieces, oldPart } = owedOf(loan, serverNowMs.value);
  if (!may("stock.write") || (pieces === undefined && oldPart === undefined))
    return <span class="faint">–</span>;
  return (
    <div class="row-actions">
      {pieces !== undefined && outOf(loan) > 0 && (
        <>
          <StepButton step="return" target={target("return")} onDone={onDone} />
          <StepForm
            step="consume"
            target={target("consume")}
            bodyOf={(form) => ({ reportLine: textIn(form, "reportLine") })}
            onDone={onDone}
          >
            <Field label={t("reportLine")}>
              <input name="reportLine" required maxLength={200} />
            </Field>
          </StepForm>
        </>
      )}
      {oldPart !== undefined && (
        <StepButton step="return-old-part" target={target("return-old-part")} onDone={onDone} />
      )}
    </div>
  );
}
