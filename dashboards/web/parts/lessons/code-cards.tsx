import type { UnknownCode } from "@firebreak/tickets/lessons/unknown-codes.ts";
import type { Static } from "typebox";
import type { CatalogueProposal } from "../../../server/api/lessons.ts";
import { may, path } from "../../api-client.ts";
import { formatNumber, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/lessons-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { type Order, OrderButtons, useOrders } from "./use-orders.tsx";

const { t, word } = textsOf(texts);
type Draft = Static<typeof CatalogueProposal>;

/** Codes that no plan explains, and the drafts that shall explain them. */
export function CodeCards() {
  const codes = useResource<ListOf<UnknownCode>>("/lessons/unknown-codes", 60_000);
  const drafts = useResource<ListOf<Draft>>("/lessons/catalogue", 60_000);
  const reload = () => {
    codes.reload();
    drafts.reload();
  };
  return (
    <>
      <Codes items={codes.data?.items} onDone={reload} />
      <Problem error={codes.error ?? drafts.error} />
      <Drafts items={drafts.data?.items} onDone={reload} />
    </>
  );
}

interface Props<Item> {
  readonly items: readonly Item[] | undefined;
  readonly onDone: () => void;
}

const nameOf = ({ spn, fmi }: UnknownCode): string => `SPN ${spn} FMI ${fmi}`;

function Codes({ items, onDone }: Props<UnknownCode>) {
  const { open, form } = useOrders(onDone);
  const columns: Column<UnknownCode>[] = [
    {
      key: "code",
      title: t("code"),
      isHead: true,
      value: ({ codeId }) => codeId,
      cell: (code) => (
        <>
          {nameOf(code)}{" "}
          <small class="faint">
            SA {code.sa} · {code.planId}
          </small>
        </>
      ),
    },
    {
      key: "count",
      title: t("count"),
      isNumber: true,
      value: ({ count }) => count,
      cell: ({ count }) => formatNumber(count, language.value),
    },
    {
      key: "machines",
      title: t("machines"),
      isNumber: true,
      value: ({ machineIds }) => machineIds.length,
      cell: ({ machineIds }) => <span title={machineIds.join(", ")}>{machineIds.length}</span>,
    },
    {
      key: "lastSeen",
      title: t("lastSeen"),
      value: ({ lastSeen }) => lastSeen,
      cell: ({ lastSeen }) => formatTime(lastSeen, language.value),
    },
    { key: "state", title: t("state"), value: ({ state }) => state, cell: stateText },
    {
      key: "actions",
      title: "",
      cell: (code) =>
        may("lessons.write") && <OrderButtons onOpen={open} actions={ordersOn(code)} />,
    },
  ];
  return (
    <section class="card">
      <h2>{t("codes")}</h2>
      {form}
      <Table
        rows={items}
        columns={columns}
        rowKey={({ codeId }) => codeId}
        empty={t("noCodes")}
        testid="unknown-codes"
      />
    </section>
  );
}

const stateText = ({ state, assignedTo = "", mappedTo = "" }: UnknownCode): string =>
  t(`codeState.${state}`, { name: state === "mapped" ? mappedTo : assignedTo });

function ordersOn(code: UnknownCode): { name: string; order: Order }[] {
  const about = nameOf(code);
  const { codeId, planId } = code;
  const assign: Order = {
    about,
    submit: t("assign"),
    path: path`/lessons/unknown-codes/${codeId}/assign`,
    fields: [{ name: "assignedTo", label: t("assignedTo") }],
    bodyOf: ({ assignedTo }) => ({ assignedTo }),
  };
  const map: Order = {
    about,
    submit: t("map"),
    path: path`/lessons/unknown-codes/${codeId}/map`,
    fields: [{ name: "failureMode", label: t("failureMode") }],
    bodyOf: ({ failureMode }) => ({ failureMode }),
  };
  const promote: Order = {
    about,
    submit: t("promote"),
    path: "/lessons/catalogue",
    fields: [
      {
        name: "faultCode",
        label: t("faultCode"),
        hint: t("faultCodeHint"),
        pattern: "[a-z][a-z0-9\\-]*",
      },
      { name: "ticketIds", label: t("ticketIds"), hint: t("ticketIdsHint") },
    ],
    bodyOf: ({ faultCode, ticketIds = "" }) => ({
      planId,
      codeId,
      faultCode,
      ticketIds: ticketIds.split(/[\s,，、]+/).filter((id) => id !== ""),
    }),
  };
  return [
    { name: "assign", order: assign },
    { name: "map", order: map },
    { name: "promote", order: promote },
  ];
}

function Drafts({ items, onDone }: Props<Draft>) {
  const { open, form } = useOrders(onDone);
  const command = useCommand();
  const submit = async ({ proposalId }: Draft) => {
    if (await command.run(path`/lessons/catalogue/${proposalId}/submit`)) onDone();
  };
  const columns: Column<Draft>[] = [
    {
      key: "fault",
      title: t("fault"),
      isHead: true,
      value: ({ faultCode }) => faultCode,
      cell: ({ faultCode, planId }) => (
        <>
          {faultCode} <small class="faint">{planId}</small>
        </>
      ),
    },
    {
      key: "cases",
      title: t("cases"),
      isNumber: true,
      value: ({ ticketIds }) => ticketIds.length,
      cell: ({ ticketIds }) => ticketIds.length,
    },
    { key: "by", title: t("by"), cell: ({ proposedBy }) => proposedBy },
    {
      key: "state",
      title: t("state"),
      value: ({ state }) => state,
      cell: ({ state, note }) => (
        <div>
          {word("catalogueState", state)}
          {note !== undefined && <small class="faint under">{note}</small>}
        </div>
      ),
    },
    {
      key: "actions",
      title: "",
      cell: (draft) => (
        <div class="row-actions">
          {draft.state === "draft" && may("lessons.write") && (
            <button
              type="button"
              data-testid="submit-draft"
              disabled={command.isBusy}
              onClick={() => void submit(draft)}
            >
              {t("submit")}
            </button>
          )}
          {draft.state === "submitted" && may("lessons.write") && (
            <OrderButtons onOpen={open} actions={reviewsOf(draft)} />
          )}
          <a
            class="button"
            data-testid="yaml"
            download={`${draft.faultCode}.yaml`}
            href={path`/api/v1/lessons/catalogue/${draft.proposalId}/plan.yaml`}
          >
            {t("exportYaml")}
          </a>
        </div>
      ),
    },
  ];
  return (
    <section class="card">
      <h2>{t("catalogue")}</h2>
      <Problem error={command.error} />
      {form}
      <Table
        rows={items}
        columns={columns}
        rowKey={({ proposalId }) => proposalId}
        empty={t("noCatalogue")}
        testid="catalogue"
      />
    </section>
  );
}

const reviewsOf = ({ proposalId, faultCode }: Draft) =>
  (["approve", "reject"] as const).map((name) => ({
    name,
    order: {
      about: faultCode,
      submit: t(name === "approve" ? "approve" : "refuse"),
      path: `${path`/lessons/catalogue/${proposalId}`}/${name}`,
      fields: [{ name: "note", label: t("note"), kind: "note" }],
      bodyOf: ({ note }) => ({ note }),
    } satisfies Order,
  }));
