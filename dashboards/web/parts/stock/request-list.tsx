import { approvalLevelOf } from "@firebreak/kit/roles.ts";
import { useEffect } from "preact/hooks";
import { may, me, path } from "../../api-client.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { onLive } from "../../live/live-events.ts";
import { useResource } from "../../live/use-resource.ts";
import { query, ticketPath } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { Priority, State } from "../badges.tsx";
import { Filter } from "../filters.tsx";
import { Field, textIn } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { StepButton, StepForm } from "./step-button.tsx";
import { nextOfRequest, type PartsTicket, reaches, requestStates } from "./stock-data.ts";
import { formatMoment } from "./stock-format.ts";
import { isPast } from "./stock-nav.tsx";
import { type Places, usePlaces } from "./use-places.ts";

const { t, word } = textsOf(texts);
const pollMs = 15_000;

/** Parts tickets, those that wait for somebody here first. */
export function RequestList() {
  const places = usePlaces();
  const wanted = new URLSearchParams({ kind: "parts", limit: "200" });
  wanted.set("state", query.value.get("state") || "open");
  const list = useResource<ListOf<PartsTicket>>(`/tickets?${wanted}`, pollMs);
  const { reload } = list;
  useEffect(() => onLive("ticket", reload), [reload]);
  const order: readonly string[] = requestStates;
  const rank = ({ state }: PartsTicket) => order.indexOf(state) + 1 || order.length + 1;
  const rows = list.data?.items.toSorted((a, b) => rank(a) - rank(b));
  return (
    <>
      <div class="tools">
        <Filter
          name="state"
          label={t("state")}
          none={t("openOnly")}
          words={requestStates}
          textOf={(one) => word("state", one)}
        />
      </div>
      <Problem error={list.error} />
      <Table
        rows={rows}
        columns={columnsOf(places, reload)}
        rowKey={({ ticketId }) => ticketId}
        empty={t("noRequests")}
        testid="requests"
      />
    </>
  );
}

const columnsOf = ({ nameOf }: Places, onDone: () => void): Column<PartsTicket>[] => [
  {
    key: "ticket",
    title: t("request"),
    isHead: true,
    cell: ({ ticketId, title }) => (
      <a href={ticketPath(ticketId)}>
        {inLanguage(title)}
        <span class="id">{ticketId}</span>
      </a>
    ),
  },
  {
    key: "state",
    title: t("state"),
    value: ({ state }) => state,
    cell: (one) => (
      <span class="stock-chips">
        <State of={one} />
        <Priority of={one} />
        {one.demand && one.demand.purpose !== "work" && (
          <span class="chip">{word("purpose", one.demand.purpose)}</span>
        )}
      </span>
    ),
  },
  {
    key: "lines",
    title: t("needs"),
    cell: ({ parts }) => (
      <ul class="stock-lines">
        {parts.map((line) => (
          <li key={line.partNo} data-line={line.partNo} data-line-state={line.state}>
            <a href={path`/parts/${line.partNo}`}>
              {line.quantity} × {inLanguage(line.name)}
            </a>{" "}
            <span class="faint">{word("line", line.state)}</span>
            {line.source?.isRisk && <span class="due breached"> {t("risk")}</span>}
          </li>
        ))}
      </ul>
    ),
  },
  {
    key: "place",
    title: t("destination"),
    cell: ({ demand }) => (demand ? nameOf(demand.destinationId) : "–"),
  },
  { key: "due", title: t("due"), cell: (one) => <Dates request={one} /> },
  { key: "next", title: t("next"), cell: (one) => <Steps request={one} onDone={onDone} /> },
];

function Dates({ request: { demand, state } }: { request: PartsTicket }) {
  if (!demand) return <span class="faint">–</span>;
  const time = (at: string) => formatMoment(at, language.value);
  const isWaiting = state !== "loaned" && state !== "consumed" && state !== "returned";
  const isLate = isWaiting && isPast(demand.neededBy);
  return (
    <span class="owed">
      {demand.neededBy !== undefined && (
        <span class={isLate ? "due breached" : undefined}>
          {t("neededBy", { time: time(demand.neededBy) })}
          {isLate && ` · ${t("overdue")}`}
        </span>
      )}
      <span class={demand.commitAt === undefined ? "faint" : undefined} data-field="commit">
        {demand.commitAt === undefined
          ? t("notCommitted")
          : t("committed", { time: time(demand.commitAt) })}
      </span>
      {state === "requested" && (
        <span class="faint">{t("approvalOf", { level: word("approval", demand.approval) })}</span>
      )}
    </span>
  );
}

interface StepsProps {
  readonly request: PartsTicket;
  readonly onDone: () => void;
}

const early: readonly string[] = ["requested", "approved", "sourcing", "backordered", "reserved"];

function Steps({ request, onDone }: StepsProps) {
  const { ticketId, demand, state } = request;
  const next = nextOfRequest(request);
  const target = (step: string) => `${path`/tickets/${ticketId}/parts`}/${step}`;
  const level = me.value ? approvalLevelOf(me.value.role) : undefined;
  const mayStep =
    next !== undefined &&
    may(next.needs) &&
    (next.step !== "approve" || reaches(level, demand?.approval ?? "auto"));
  return (
    <div class="row-actions">
      {next === undefined || !mayStep ? (
        <span class="faint">{state === "requested" ? t("waitsForApproval") : "–"}</span>
      ) : next.step === "hand-out" ? (
        <HandOut request={request} target={target("hand-out")} onDone={onDone} />
      ) : (
        <StepButton key={next.step} step={next.step} target={target(next.step)} onDone={onDone} />
      )}
      {early.includes(state) && demand?.commitAt === undefined && may("stock.write") && (
        <StepForm
          step="commit"
          target={target("commit")}
          bodyOf={(form) => ({ commitAt: instantIn(form, "commitAt") })}
          onDone={onDone}
        >
          <Field label={t("commitAt")}>
            <input name="commitAt" type="datetime-local" required />
          </Field>
        </StepForm>
      )}
      {state === "requested" && may("parts.approve") && (
        <StepForm
          step="refuse"
          target={target("cancel")}
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

/** The instant of a field of date and time, which is in the reader's time zone. */
function instantIn(form: FormData, name: string): string | undefined {
  const ms = Date.parse(textIn(form, name) ?? "");
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function HandOut({ request, target, onDone }: StepsProps & { readonly target: string }) {
  return (
    <StepForm
      step="hand-out"
      target={target}
      isStrong
      bodyOf={(form) => {
        const engineerId = textIn(form, "engineerId");
        return engineerId === undefined ? { isIssue: true } : { engineerId };
      }}
      onDone={onDone}
    >
      <Field label={t("engineer")} hint={t("engineerHint")}>
        <input name="engineerId" maxLength={100} defaultValue={request.demand?.engineerId ?? ""} />
      </Field>
    </StepForm>
  );
}
