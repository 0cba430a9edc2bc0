import { verdicts } from "@firebreak/tickets/lessons/verdict.ts";
import type { Static } from "typebox";
import type { RuleLessons, RuleProposal } from "../../../server/api/lessons.ts";
import { may, path } from "../../api-client.ts";
import { formatNumber, formatPercent, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/lessons-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { type Order, OrderButtons, useOrders } from "./use-orders.tsx";

const { t, word } = textsOf(texts);
type Rule = Static<typeof RuleLessons>;
type Proposal = Static<typeof RuleProposal>;
type RuleRecord = Rule["record"];
type Judged = Pick<Rule, "planId" | "ruleId" | "record">;

const share = (value: number | null): string =>
  value === null ? "–" : formatPercent(value, language.value);

/** Rules to decide upon, and all rules with what the field says of them. */
export function RuleCards() {
  const rules = useResource<ListOf<Rule>>("/lessons/rules", 60_000);
  const open = useResource<ListOf<Proposal>>("/lessons/rule-proposals?state=open", 60_000);
  const reload = () => {
    rules.reload();
    open.reload();
  };
  return (
    <>
      <Problem error={rules.error ?? open.error} />
      <Proposals items={open.data?.items} onDone={reload} />
      <Rules items={rules.data?.items} onDone={reload} />
    </>
  );
}

interface Props<Item> {
  readonly items: readonly Item[] | undefined;
  readonly onDone: () => void;
}

function Proposals({ items, onDone }: Props<Proposal>) {
  const { open, form } = useOrders(onDone);
  const columns: Column<Proposal>[] = [
    ruleColumn(),
    {
      key: "openedAt",
      title: t("since"),
      value: ({ openedAt }) => openedAt,
      cell: ({ openedAt }) => formatTime(openedAt, language.value),
    },
    ...recordColumns<Proposal>(),
    {
      key: "limit",
      title: t("betterLimit"),
      cell: ({ limit }) => limit && limitText(limit),
    },
    {
      key: "actions",
      title: "",
      cell: (proposal) =>
        may("lessons.write") && <OrderButtons onOpen={open} actions={decisionsOn(proposal)} />,
    },
  ];
  return (
    <section class="card">
      <h2>{t("proposals")}</h2>
      <p class="faint">{t("proposalsAbout")}</p>
      {form}
      <Table
        rows={items}
        columns={columns}
        rowKey={({ proposalId }) => proposalId}
        empty={t("noProposals")}
        testid="rule-proposals"
      />
    </section>
  );
}

const limitText = ({ from, to, unit, kept, dropped }: NonNullable<Proposal["limit"]>) => {
  const amount = (value: number) => `${formatNumber(value, language.value)} ${unit}`.trim();
  return t("betterLimitText", { from: amount(from), to: amount(to), kept, dropped });
};

const decisionsOn = ({ proposalId, ruleId }: Proposal) =>
  (["approve", "refuse"] as const).map((name) => ({
    name,
    order: {
      about: ruleId,
      submit: t(name),
      path: path`/lessons/rule-proposals/${proposalId}/decide`,
      fields: [{ name: "note", label: t("note"), kind: "note" }],
      bodyOf: ({ note }) => ({ isApproved: name === "approve", note }),
    } satisfies Order,
  }));

function Rules({ items, onDone }: Props<Rule>) {
  const { open, form } = useOrders(onDone);
  const columns: Column<Rule>[] = [
    ruleColumn(),
    {
      key: "mode",
      title: t("mode"),
      value: ({ mode }) => mode,
      cell: ({ mode }) => <span class={`rule-mode ${mode}`}>{word("mode", mode)}</span>,
    },
    ...recordColumns<Rule>(),
    {
      key: "wasted",
      title: t("wasted"),
      isNumber: true,
      value: ({ wasted }) => wasted.visits,
      cell: ({ wasted }) => formatNumber(wasted.visits, language.value),
    },
    {
      key: "cost",
      title: t("cost"),
      isNumber: true,
      value: ({ wasted }) => wasted.costFen,
      cell: ({ wasted }) => `¥${formatNumber(wasted.costFen / 100, language.value, 0)}`,
    },
    {
      key: "actions",
      title: "",
      cell: (rule) =>
        may("lessons.write") && (
          <OrderButtons onOpen={open} actions={[{ name: "mode", order: modeOrder(rule) }]} />
        ),
    },
  ];
  return (
    <section class="card">
      <h2>{t("rules")}</h2>
      {form}
      <Table rows={items} columns={columns} rowKey={keyOf} empty={t("noRules")} testid="rules" />
    </section>
  );
}

function modeOrder({ planId, ruleId, mode }: Rule): Order {
  const next = mode === "active" ? "advisory" : "active";
  return {
    about: ruleId,
    submit: t(next === "active" ? "makeActive" : "makeAdvisory"),
    path: path`/lessons/rules/${planId}/${ruleId}/mode`,
    fields: [{ name: "reason", label: t("reason"), kind: "note" }],
    bodyOf: ({ reason }) => ({ mode: next, reason }),
  };
}

const keyOf = ({ planId, ruleId }: Judged): string => `${planId}/${ruleId}`;

const ruleColumn = <Row extends Judged>(): Column<Row> => ({
  key: "rule",
  title: t("rule"),
  isHead: true,
  value: keyOf,
  cell: ({ planId, ruleId }) => (
    <>
      {ruleId} <small class="faint">{planId}</small>
    </>
  ),
});

const recordColumns = <Row extends Judged>(): Column<Row>[] => [
  {
    key: "verdicts",
    title: t("verdicts"),
    value: ({ record }) => record.judged,
    cell: ({ record }) => verdictText(record),
  },
  {
    key: "precision",
    title: t("precision"),
    isNumber: true,
    value: ({ record }) => record.precision,
    cell: ({ record: { precision, precisionAtLeast } }) => (
      <div>
        {share(precision)}
        {precisionAtLeast !== null && (
          <small class="faint under">{t("atLeast", { value: share(precisionAtLeast) })}</small>
        )}
      </div>
    ),
  },
  {
    key: "recall",
    title: t("recall"),
    isNumber: true,
    value: ({ record }) => record.recall,
    cell: ({ record }) => share(record.recall),
  },
  {
    key: "leadDays",
    title: t("leadDays"),
    isNumber: true,
    value: ({ record }) => record.leadDays.median,
    cell: ({ record }) => <LeadTime {...record.leadDays} />,
  },
];

function LeadTime({ median, inTime }: RuleRecord["leadDays"]) {
  if (median === null) return <>–</>;
  return (
    <div>
      {t("days", { value: formatNumber(median, language.value, 1) })}
      {inTime !== null && (
        <small class="faint under">{t("inTime", { value: share(inTime) })}</small>
      )}
    </div>
  );
}

const verdictText = ({ counts }: RuleRecord): string =>
  verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]}\u00a0${word("verdict", verdict)}`)
    .join(" · ");
