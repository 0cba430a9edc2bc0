import type { Complaint } from "@firebreak/tickets/customers/complaint.ts";
import type { Feedback, FeedbackSummary } from "@firebreak/tickets/customers/feedback.ts";
import { may, path } from "../../api-client.ts";
import { formatPercent, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/customers-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { ticketPath } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";

const { t, word } = textsOf(texts);

/** Complaints and ratings of a customer, for headquarters. */
export const CustomerVoice = ({ customerId }: { customerId: string }) => (
  <>
    {may("followup.write") && <Complaints customerId={customerId} />}
    <Ratings customerId={customerId} />
  </>
);

const time = (iso: string | undefined) =>
  iso === undefined ? "" : formatTime(iso, language.value);
const ticketLink = (ticketId: string | undefined) =>
  ticketId !== undefined && <a href={ticketPath(ticketId)}>{ticketId}</a>;

function Complaints({ customerId }: { customerId: string }) {
  const list = useResource<ListOf<Complaint>>(path`/complaints?customerId=${customerId}&limit=100`);
  const columns: Column<Complaint>[] = [
    { key: "text", title: t("complaint"), isHead: true, cell: ({ text }) => text },
    {
      key: "state",
      title: t("state"),
      value: ({ state }) => state,
      cell: ({ state }) => word("complaintState", state),
    },
    { key: "ticket", title: t("ticket"), cell: ({ ticketId }) => ticketLink(ticketId) },
    { key: "openedAt", title: t("openedAt"), cell: ({ openedAt }) => time(openedAt) },
    { key: "dueAt", title: t("dueAt"), cell: ({ dueAt }) => time(dueAt) },
  ];
  return (
    <section class="card" data-testid="complaints">
      <h2>{t("complaints")}</h2>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columns}
        rowKey={({ complaintId }) => complaintId}
        empty={t("noComplaints")}
        testid="complaint-rows"
      />
    </section>
  );
}

function Ratings({ customerId }: { customerId: string }) {
  const list = useResource<ListOf<Feedback>>(path`/feedback?customerId=${customerId}&limit=100`);
  const sum = useResource<FeedbackSummary>(path`/feedback/summary?customerId=${customerId}`);
  const columns: Column<Feedback>[] = [
    {
      key: "when",
      title: t("when"),
      isHead: true,
      cell: ({ submittedAt }) => time(submittedAt),
    },
    { key: "nps", title: t("npsScore"), isNumber: true, cell: ({ npsScore }) => npsScore ?? "–" },
    { key: "csat", title: t("csat"), isNumber: true, cell: ({ csat }) => csat ?? "–" },
    { key: "comment", title: t("comment"), cell: ({ comment }) => comment },
    { key: "source", title: t("source"), cell: ({ source }) => word("source", source) },
    { key: "ticket", title: t("ticket"), cell: ({ ticketId }) => ticketLink(ticketId) },
  ];
  const { answers = 0, nps = null, csat = null } = sum.data ?? {};
  return (
    <section class="card" data-testid="ratings">
      <h2>{t("ratings")}</h2>
      <Problem error={list.error} />
      {answers > 0 && (
        <p>
          {t("ratingsSum", {
            answers,
            nps: nps ?? "–",
            csat: csat === null ? "–" : formatPercent(csat, language.value),
          })}
        </p>
      )}
      <Table
        rows={list.data?.items}
        columns={columns}
        rowKey={({ feedbackId }) => feedbackId}
        empty={t("noRatings")}
        testid="rating-rows"
      />
    </section>
  );
}
