import type { Feedback } from "@firebreak/tickets/customers/feedback.ts";
import { may } from "../../api-client.ts";
import { formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";

const { t } = textsOf(texts);

/** What the customer said: for headquarters alone, everybody else sees it as a number among others (FB-2). */
export function FeedbackCard({ ticketId }: { readonly ticketId: string }) {
  const { data } = useResource<ListOf<Feedback>>(
    may("feedback.read")
      ? `/feedback?ticketId=${encodeURIComponent(ticketId)}&limit=10`
      : undefined,
  );
  if (!data || data.items.length === 0) return null;
  return (
    <section class="card" data-testid="feedback">
      <h2>{t("feedback")}</h2>
      {data.items.map(({ feedbackId, csat, npsScore, comment, submittedAt }) => (
        <div key={feedbackId} data-row={feedbackId}>
          <p>
            {csat !== undefined && <b>{t("rating", { value: csat, most: 5 })} </b>}
            {npsScore !== undefined && `NPS ${t("rating", { value: npsScore, most: 10 })}`}
            <span class="faint"> {formatTime(submittedAt, language.value)}</span>
          </p>
          {comment !== undefined && <p>{comment}</p>}
        </div>
      ))}
    </section>
  );
}
