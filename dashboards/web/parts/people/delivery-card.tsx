import { may } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/channels-texts.ts";
import { usePages } from "../../live/use-pages.ts";
import { query, ticketPath } from "../../router.ts";
import { Ago } from "../badges.tsx";
import { Filter, listPath } from "../filters.tsx";
import { MoreButton } from "../more.tsx";
import { Problem } from "../problem.tsx";
import { Table } from "../table.tsx";

const { t, word } = textsOf(texts);

interface Delivery {
  readonly deliveryId: string;
  readonly targetId: string;
  readonly recipientId: string;
  readonly state: string;
  readonly notice?: {
    readonly kind: string;
    readonly priority: string;
    readonly ticketId?: string;
  };
  readonly attempts: number;
  readonly createdAt: string;
  readonly error: string | null;
}

interface Props {
  readonly targetIds: readonly string[];
  readonly isBusy: boolean;
  readonly onResend: (deliveryId: string) => Promise<void>;
}

/** Messages that wait, arrived, or were given up; those can be sent again. */
export function DeliveryCard({ targetIds, isBusy, onResend }: Props) {
  const state = query.value.get("state") || "undelivered";
  const list = usePages<Delivery>(listPath("/channels/deliveries", ["target"], { state }), {
    pageSize: 50,
    keyOf: ({ deliveryId }) => deliveryId,
    pollMs: 5_000,
  });
  return (
    <section class="card" data-testid="deliveries">
      <div class="card-head">
        <h2>{t("deliveries")}</h2>
        <div class="tools">
          <Filter
            name="state"
            label={t("show")}
            none={word("filter", "undelivered")}
            words={["dead", "sent"]}
            textOf={(one) => word("filter", one)}
          />
          <Filter
            name="target"
            label={t("target")}
            none={t("allTargets")}
            words={targetIds}
            textOf={(one) => one}
          />
        </div>
      </div>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        rowKey={({ deliveryId }) => deliveryId}
        empty={t("noDeliveries")}
        testid="delivery-rows"
        columns={[
          {
            key: "notice",
            title: t("notice"),
            isHead: true,
            cell: ({ notice }) => (
              <>
                {notice ? <span class="code-text">{notice.kind}</span> : t("digest")}
                {notice?.ticketId !== undefined && (
                  <small class="id">
                    <a href={ticketPath(notice.ticketId)}>{notice.ticketId}</a>
                  </small>
                )}
              </>
            ),
          },
          { key: "target", title: t("target"), cell: ({ targetId }) => targetId },
          {
            key: "recipient",
            title: t("recipient"),
            cell: ({ recipientId }) => recipientId || t("system"),
          },
          {
            key: "state",
            title: t("state"),
            value: (row) => row.state,
            cell: (row) => (
              <span class={`chip target ${row.state}`}>{word("deliveryState", row.state)}</span>
            ),
          },
          {
            key: "attempts",
            title: t("attempts"),
            isNumber: true,
            cell: ({ attempts }) => attempts,
          },
          {
            key: "createdAt",
            title: t("createdAt"),
            cell: ({ createdAt }) => <Ago at={createdAt} />,
          },
          { key: "error", title: t("error"), cell: ({ error }) => error ?? "–" },
          {
            key: "actions",
            title: "",
            cell: (row) =>
              may("channels.write") &&
              row.state === "dead" && (
                <button
                  type="button"
                  class="quiet"
                  data-testid="resend"
                  disabled={isBusy}
                  onClick={() => void onResend(row.deliveryId).then(list.reload)}
                >
                  {t("resend")}
                </button>
              ),
          },
        ]}
      />
      {list.data?.next && <MoreButton onMore={list.more} isBusy={list.isBusy} />}
    </section>
  );
}
