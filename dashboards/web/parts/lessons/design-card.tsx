import type { DesignFeedbackItem } from "@firebreak/tickets/lessons/design-feedback.ts";
import { may, path } from "../../api-client.ts";
import { formatNumber, formatPercent } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/lessons-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { type Order, OrderButtons, useOrders } from "./use-orders.tsx";

const { t, word } = textsOf(texts);
type Effect = NonNullable<DesignFeedbackItem["effect"]>;

/** Faults that many machines of a model have, with the designers' answer and what it brought. */
export function DesignCard() {
  const { data, error, reload } = useResource<ListOf<DesignFeedbackItem>>(
    "/lessons/design-feedback",
    60_000,
  );
  const { open, form } = useOrders(reload);
  const columns: Column<DesignFeedbackItem>[] = [
    {
      key: "fault",
      title: t("fault"),
      isHead: true,
      value: ({ faultCode }) => faultCode,
      cell: ({ faultCode }) => faultCode,
    },
    {
      key: "model",
      title: t("model"),
      cell: ({ product, model }) => (model === "" ? product : `${product} ${model}`),
    },
    {
      key: "machines",
      title: t("machines"),
      isNumber: true,
      value: ({ machineIds }) => machineIds.length,
      cell: ({ machineIds }) => <span title={machineIds.join(", ")}>{machineIds.length}</span>,
    },
    {
      key: "state",
      title: t("state"),
      value: ({ state }) => state,
      cell: ({ state, note }) => (
        <div>
          {word("designState", state)}
          {note !== undefined && <small class="faint under">{note}</small>}
        </div>
      ),
    },
    ...effectColumns,
    {
      key: "actions",
      title: "",
      cell: (item) =>
        may("lessons.write") && (
          <OrderButtons onOpen={open} actions={[{ name: "answer", order: answerTo(item) }]} />
        ),
    },
  ];
  return (
    <section class="card">
      <h2>{t("design")}</h2>
      <p class="faint">{t("per1000")}</p>
      <Problem error={error} />
      {form}
      <Table
        rows={data?.items}
        columns={columns}
        rowKey={({ itemId }) => itemId}
        empty={t("noDesign")}
        testid="design"
      />
    </section>
  );
}

const effectText = (name: keyof Effect, value: number | null | undefined): string => {
  if (value === null || value === undefined) return "–";
  if (name !== "change") return formatNumber(value, language.value, 1);
  return `${value > 0 ? "+" : ""}${formatPercent(value, language.value)}`;
};

const effectColumns = (["before", "after", "change"] as const).map(
  (name): Column<DesignFeedbackItem> => ({
    key: name,
    get title() {
      return t(name);
    },
    isNumber: true,
    value: ({ effect }) => effect?.[name],
    cell: ({ effect }) => effectText(name, effect?.[name]),
  }),
);

const answerTo = ({ itemId, faultCode }: DesignFeedbackItem): Order => ({
  about: faultCode,
  submit: t("answer"),
  path: path`/lessons/design-feedback/${itemId}/answer`,
  fields: [
    { name: "note", label: t("note"), kind: "note" },
    {
      name: "changedAt",
      label: t("changedAt"),
      hint: t("changedAtHint"),
      kind: "date",
      isOptional: true,
    },
  ],
  bodyOf: ({ note, changedAt }) => ({
    note,
    ...(changedAt === undefined
      ? {}
      : { changedAt: new Date(`${changedAt}T00:00:00`).toISOString() }),
  }),
});
