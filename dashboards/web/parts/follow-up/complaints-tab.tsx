import type { Complaint } from "@firebreak/tickets/customers/complaint.ts";
import { useState } from "preact/hooks";
import { may } from "../../api-client.ts";
import { formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/follow-up-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { NameOf } from "../../names.ts";
import { query, setQuery } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { Choice } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { Due, MachineLink, nameIn, TicketLink, useCustomers } from "./about.tsx";
import { NewComplaint, nextOf, StepForm } from "./complaint-forms.tsx";

const { t, word } = textsOf(texts);
const states: readonly Complaint["state"][] = ["open", "handled", "answered", "closed"];

/** Complaints and what is to be done about them. */
export function ComplaintsTab() {
  const state = states.find((one) => one === query.value.get("state"));
  const list = useResource<ListOf<Complaint>>(
    `/complaints?limit=200${state === undefined ? "" : `&state=${state}`}`,
    30_000,
  );
  const customers = useCustomers();
  const [chosen, choose] = useState<Complaint | "new" | undefined>(undefined);
  const props = {
    onDone: () => {
      choose(undefined);
      list.reload();
    },
    onCancel: () => choose(undefined),
  };
  return (
    <>
      <p class="lead">{t("complaintsAbout")}</p>
      <div class="tools">
        <Choice
          label={t("state")}
          name="state"
          words={states}
          textOf={(one) => word("complaint", one)}
          none={t("all")}
          value={state ?? ""}
          onChange={(value) => setQuery({ state: value })}
        />
      </div>
      {may("tickets.intake") && chosen === undefined && (
        <p>
          <button type="button" data-testid="new-complaint" onClick={() => choose("new")}>
            {t("newComplaint")}
          </button>
        </p>
      )}
      <Problem error={list.error} />
      {chosen === "new" && <NewComplaint customers={customers ?? []} {...props} />}
      {typeof chosen === "object" && (
        <StepForm key={chosen.complaintId} complaint={chosen} {...props} />
      )}
      <Table
        rows={list.data?.items}
        columns={columnsOf(nameIn(customers), choose)}
        rowKey={({ complaintId }) => complaintId}
        empty={t("noComplaints")}
        testid="complaints"
      />
    </>
  );
}

function columnsOf(nameOf: NameOf, choose: (one: Complaint) => void): Column<Complaint>[] {
  return [
    { key: "text", title: t("complaint"), isHead: true, cell: (one) => <Said of={one} /> },
    {
      key: "about",
      title: t("about"),
      cell: ({ customerId, machineId, ticketId }) => (
        <span class="about">
          {customerId !== undefined && <span>{nameOf(customerId)}</span>}
          <MachineLink id={machineId} />
          <TicketLink id={ticketId} />
        </span>
      ),
    },
    {
      key: "state",
      title: t("state"),
      value: ({ state }) => state,
      cell: ({ state }) => (
        <span class={`chip state ${state === "open" ? "new" : state}`}>
          {word("complaint", state)}
        </span>
      ),
    },
    {
      key: "openedAt",
      title: t("openedAt"),
      value: ({ openedAt }) => openedAt,
      cell: ({ openedAt }) => formatTime(openedAt, language.value),
    },
    {
      key: "dueAt",
      title: t("due"),
      value: ({ dueAt }) => dueAt,
      cell: ({ dueAt }) => (dueAt === undefined ? "–" : <Due at={dueAt} />),
    },
    {
      key: "order",
      title: t("nextStep"),
      cell: (one) => {
        const next = nextOf(one.state);
        if (next === undefined) return null;
        return (
          <button type="button" data-order={next} onClick={() => choose(one)}>
            {word("step", next)}
          </button>
        );
      },
    },
  ];
}

function Said({ of: { text, steps } }: { of: Complaint }) {
  return (
    <>
      <span class="said">{text}</span>
      {steps.length > 0 && (
        <details>
          <summary>{t("history")}</summary>
          {steps.map(({ state, at, by, note }) => (
            <p key={at + state} class="small">
              <b>{word("complaint", state)}</b>{" "}
              <span class="faint">
                {formatTime(at, language.value)} {by}
              </span>{" "}
              {note}
            </p>
          ))}
        </details>
      )}
    </>
  );
}
