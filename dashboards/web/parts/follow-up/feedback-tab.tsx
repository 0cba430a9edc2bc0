import type { Feedback, FeedbackSummary } from "@firebreak/tickets/customers/feedback.ts";
import { useState } from "preact/hooks";
import { formatNumber, formatPercent, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/follow-up-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { query, setQuery } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { Choice } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { TicketLink } from "./about.tsx";
import { SurveyCard } from "./survey-card.tsx";

const { t, word } = textsOf(texts);
const dayMs = 86_400_000;
const periods = ["30", "90", "365"] as const;

/** What customers said of the service, as numbers and in their own words. */
export function FeedbackTab() {
  const [nowMs] = useState(Date.now);
  const days = periods.find((one) => one === query.value.get("days")) ?? "90";
  const from = new Date(nowMs - Number(days) * dayMs).toISOString();
  const summary = useResource<FeedbackSummary>(`/feedback/summary?from=${from}`);
  const list = useResource<ListOf<Feedback>>(`/feedback?from=${from}&limit=200`);
  return (
    <>
      <p class="lead">{t("feedbackAbout")}</p>
      <div class="tools">
        <Choice
          label={t("days")}
          name="days"
          words={periods}
          textOf={(one) => word("days", one)}
          value={days}
          onChange={(value) => setQuery({ days: value })}
        />
      </div>
      <Problem error={summary.error ?? list.error} />
      {summary.data && <Numbers of={summary.data} />}
      <SurveyCard />
      <section class="card">
        <h2>{t("comments")}</h2>
        <Table
          rows={list.data?.items}
          columns={columns()}
          rowKey={({ feedbackId }) => feedbackId}
          empty={t("noFeedback")}
          testid="feedback"
        />
      </section>
    </>
  );
}

function Numbers({
  of: { answers, nps, csat, expectations, dimensions },
}: {
  of: FeedbackSummary;
}) {
  const number = (value: number | null, digits: number) =>
    value === null ? "–" : formatNumber(value, language.value, digits);
  return (
    <>
      <dl class="tiles" data-testid="feedback-tiles">
        <Tile name="nps" title={t("nps")} value={nps} text={number(nps, 1)} isLead />
        <Tile
          name="csat"
          title={t("csat")}
          value={csat}
          text={csat === null ? "–" : formatPercent(csat, language.value)}
          isLead
        />
        <Tile name="answers" title={t("answers")} value={answers} text={number(answers, 0)} />
      </dl>
      <section class="card">
        <h2>{t("dimensions")}</h2>
        <dl class="tiles" data-testid="dimension-tiles">
          {Object.entries(dimensions).map(([name, value]) => (
            <Tile
              key={name}
              name={name}
              title={word("dimension", name)}
              value={value}
              text={number(value, 1)}
            />
          ))}
        </dl>
      </section>
      <section class="card">
        <h2>{t("expectations")}</h2>
        <dl class="tiles" data-testid="expectation-tiles">
          {Object.entries(expectations).map(([name, value]) => (
            <Tile
              key={name}
              name={name}
              title={word("expectation", name)}
              value={value}
              text={number(value, 0)}
            />
          ))}
        </dl>
      </section>
    </>
  );
}

interface TileProps {
  readonly name: string;
  readonly title: string;
  readonly value: number | null;
  readonly text: string;
  readonly isLead?: boolean;
}

const Tile = ({ name, title, value, text, isLead }: TileProps) => (
  <div class={isLead ? "tile lead-tile" : "tile"} data-figure={name} data-value={value ?? ""}>
    <dt>{title}</dt>
    <dd>{text}</dd>
  </div>
);

const columns = (): Column<Feedback>[] => [
  {
    key: "comment",
    title: t("comment"),
    isHead: true,
    cell: ({ comment }) =>
      comment === undefined ? (
        <span class="faint">{t("noComment")}</span>
      ) : (
        <span class="said">{comment}</span>
      ),
  },
  {
    key: "npsScore",
    title: t("npsScore"),
    isNumber: true,
    value: ({ npsScore }) => npsScore,
    cell: ({ npsScore }) => npsScore ?? "–",
  },
  {
    key: "csat",
    title: t("csatScore"),
    isNumber: true,
    value: ({ csat }) => csat,
    cell: ({ csat }) => csat ?? "–",
  },
  {
    key: "expectation",
    title: t("expectation"),
    cell: ({ expectation }) => (expectation ? word("expectation", expectation) : "–"),
  },
  { key: "source", title: t("source"), cell: ({ source }) => word("source", source) },
  {
    key: "ticketId",
    title: t("ticket"),
    value: ({ ticketId }) => ticketId,
    cell: ({ ticketId }) => (ticketId === undefined ? "–" : <TicketLink id={ticketId} />),
  },
  {
    key: "submittedAt",
    title: t("submittedAt"),
    value: ({ submittedAt }) => submittedAt,
    cell: ({ submittedAt }) => formatTime(submittedAt, language.value),
  },
];
