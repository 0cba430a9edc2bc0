import type { FollowUp } from "@firebreak/tickets/customers/follow-up.ts";
import { useEffect, useState } from "preact/hooks";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/follow-up-texts.ts";
import { onLive } from "../../live/live-events.ts";
import { useResource } from "../../live/use-resource.ts";
import type { NameOf } from "../../names.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { Due, MachineLink, nameIn, TicketLink, useCustomers } from "./about.tsx";
import { CallForm } from "./call-form.tsx";

const { t, word } = textsOf(texts);

/** The customers whom a person is to call, the earliest due first. */
export function CallsTab() {
  const list = useResource<ListOf<FollowUp>>("/follow-ups?state=open&mode=human&limit=200", 30_000);
  const customers = useCustomers();
  const [chosenId, choose] = useState<string | undefined>(undefined);
  const { reload } = list;
  useEffect(() => onLive("ticket", reload), [reload]);
  const chosen = list.data?.items.find(({ followUpId }) => followUpId === chosenId);
  return (
    <>
      <p class="lead">{t("tasksAbout")}</p>
      <Problem error={list.error} />
      {chosen && (
        <CallForm
          key={chosen.followUpId}
          task={chosen}
          customer={customers?.find(({ customerId }) => customerId === chosen.customerId)}
          onDone={() => {
            choose(undefined);
            reload();
          }}
          onCancel={() => choose(undefined)}
        />
      )}
      <Table
        rows={list.data?.items}
        columns={columnsOf(nameIn(customers), choose)}
        rowKey={({ followUpId }) => followUpId}
        empty={t("noTasks")}
        testid="calls"
      />
    </>
  );
}

function columnsOf(nameOf: NameOf, choose: (id: string) => void): Column<FollowUp>[] {
  return [
    {
      key: "customerId",
      title: t("customer"),
      isHead: true,
      value: ({ customerId }) => customerId,
      cell: ({ customerId }) => (customerId === undefined ? "–" : nameOf(customerId)),
    },
    {
      key: "ticketId",
      title: t("ticket"),
      value: ({ ticketId }) => ticketId,
      cell: ({ ticketId }) => <TicketLink id={ticketId} />,
    },
    {
      key: "machineId",
      title: t("machine"),
      value: ({ machineId }) => machineId,
      cell: ({ machineId }) => <MachineLink id={machineId} />,
    },
    {
      key: "why",
      title: t("why"),
      cell: ({ reasons }) => (
        <span class="about">
          {reasons.map((reason) => (
            <span key={reason} class="chip">
              {word("reason", reason)}
            </span>
          ))}
        </span>
      ),
    },
    {
      key: "lastCall",
      title: t("lastCall"),
      cell: ({ outcome, note = "" }) =>
        outcome === undefined ? "–" : <span>{t("notReachedYet", { note })}</span>,
    },
    {
      key: "dueAt",
      title: t("due"),
      value: ({ dueAt }) => dueAt,
      cell: ({ dueAt }) => <Due at={dueAt} />,
    },
    {
      key: "order",
      title: "",
      cell: ({ followUpId }) => (
        <button type="button" data-order="call" onClick={() => choose(followUpId)}>
          {t("call")}
        </button>
      ),
    },
  ];
}
