import { useState } from "preact/hooks";
import { may, path } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/channels-texts.ts";
import { useCommand } from "../live/use-command.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Ago } from "../parts/badges.tsx";
import { DeliveryCard } from "../parts/people/delivery-card.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Column, Table } from "../parts/table.tsx";
import type { ListOf } from "../types.ts";

const { t, word } = textsOf(texts);

interface Target {
  readonly id: string;
  readonly kind: string;
  readonly host: string;
  readonly state: string;
  readonly since: string;
  readonly error: string | null;
  readonly lastSentAt: string | null;
  readonly queuedCount: number;
  readonly deadCount: number;
  readonly sentCount: number;
}

/** Targets of notices and what did not arrive. */
export function ChannelsPage() {
  usePageTitle(t("channels"));
  const targets = useResource<ListOf<Target>>("/channels/targets", 5_000);
  const command = useCommand();
  const [told, tell] = useState("");
  const order = async (target: string, done: (reply: { resent?: number }) => string) => {
    tell("");
    const reply = await command.run<{ resent?: number } | null>(target);
    targets.reload();
    if (reply !== undefined) tell(done(reply ?? {}));
  };
  const test = async (id: string) => {
    tell("");
    if (await command.done(path`/channels/targets/${id}/test`)) tell(t("tested", { target: id }));
    targets.reload();
  };
  const resent = ({ resent: count = 0 }) => t("resent", { count });
  const isEmpty = targets.data?.items.length === 0;
  return (
    <section class="page">
      <header class="title-row">
        <div>
          <h1>{t("channels")}</h1>
          <p class="lead">{t("about")}</p>
        </div>
        {may("channels.write") && !isEmpty && (
          <button
            type="button"
            data-testid="reload-targets"
            disabled={command.isBusy}
            onClick={async () => {
              tell("");
              if (await command.done("/channels/reload")) tell(t("reloaded"));
              targets.reload();
            }}
          >
            {t("reload")}
          </button>
        )}
      </header>
      <Problem error={targets.error ?? command.error} />
      {told !== "" && (
        <p class="done" role="status" data-testid="told">
          {told}
        </p>
      )}
      <Table
        rows={targets.data?.items}
        columns={columnsOf(command.isBusy, test, (id) =>
          order(path`/channels/targets/${id}/resend`, resent),
        )}
        rowKey={({ id }) => id}
        empty={t("noTargets")}
        testid="targets"
      />
      {!isEmpty && (
        <DeliveryCard
          targetIds={targets.data?.items.map(({ id }) => id) ?? []}
          onResend={(id) => order(path`/channels/deliveries/${id}/resend`, resent)}
          isBusy={command.isBusy}
        />
      )}
    </section>
  );
}

const columnsOf = (
  isBusy: boolean,
  onTest: (id: string) => Promise<void>,
  onResend: (id: string) => Promise<void>,
): Column<Target>[] => [
  {
    key: "target",
    title: t("target"),
    isHead: true,
    value: ({ id }) => id,
    cell: ({ id, kind, host }) => (
      <>
        {id}
        <small class="id">{[word("kind", kind), host].filter(Boolean).join(" · ")}</small>
      </>
    ),
  },
  {
    key: "state",
    title: t("state"),
    value: ({ state }) => state,
    cell: ({ state, since }) => (
      <>
        <span class={`chip target ${state}`}>{word("targetState", state)}</span>{" "}
        <small class="faint">
          <Ago at={since} />
        </small>
      </>
    ),
  },
  {
    key: "queued",
    title: t("queued"),
    isNumber: true,
    value: ({ queuedCount }) => queuedCount,
    cell: ({ queuedCount }) => queuedCount,
  },
  {
    key: "dead",
    title: t("dead"),
    isNumber: true,
    value: ({ deadCount }) => deadCount,
    cell: ({ deadCount }) => <span class={deadCount > 0 ? "late" : ""}>{deadCount}</span>,
  },
  {
    key: "sent",
    title: t("sent"),
    isNumber: true,
    value: ({ sentCount }) => sentCount,
    cell: ({ sentCount }) => sentCount,
  },
  { key: "lastSentAt", title: t("lastSentAt"), cell: ({ lastSentAt }) => <Ago at={lastSentAt} /> },
  { key: "error", title: t("error"), cell: ({ error }) => error ?? "–" },
  {
    key: "actions",
    title: "",
    cell: ({ id, deadCount }) =>
      may("channels.write") && (
        <div class="row-actions">
          <button
            type="button"
            class="quiet"
            data-testid="test"
            disabled={isBusy}
            onClick={() => void onTest(id)}
          >
            {t("test")}
          </button>
          {deadCount > 0 && (
            <button
              type="button"
              class="quiet"
              data-testid="resend-all"
              disabled={isBusy}
              onClick={() => void onResend(id)}
            >
              {t("resendAll")}
            </button>
          )}
        </div>
      ),
  },
];
