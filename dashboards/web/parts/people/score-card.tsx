import { useState } from "preact/hooks";
import { path } from "../../api-client.ts";
import { formatNumber, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/people-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { ticketPath } from "../../router.ts";
import { Field } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { Table } from "../table.tsx";
import { today } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

interface Score {
  readonly total: number;
  readonly final: number;
  readonly lines: readonly {
    readonly ticketId?: string;
    readonly seq?: number;
    readonly kind: string;
    readonly points: number;
    readonly at?: string;
  }[];
}

/** How a month was scored; every line names the ticket, and the entry of its timeline, that it rests on. */
export function ScoreCard({ engineerId }: { engineerId: string }) {
  const [month, choose] = useState(() => today().slice(0, 7));
  const score = useResource<Score>(path`/engineers/${engineerId}/score?month=${month}`);
  const number = (value: number) => formatNumber(value, language.value);
  const rows = score.data?.lines.map((line, index) => ({ ...line, key: String(index) }));
  return (
    <section class="card" data-testid="score">
      <div class="card-head">
        <h2>{t("score")}</h2>
        <Field label={t("month")}>
          <input
            type="month"
            value={month}
            onChange={({ currentTarget: { value } }) => {
              if (/^\d{4}-\d{2}$/.test(value)) choose(value);
            }}
          />
        </Field>
      </div>
      <Problem error={score.error} />
      {score.data && (
        <p data-field="total" data-value={score.data.total}>
          {t("scoreTotal", { total: number(score.data.total), final: number(score.data.final) })}
        </p>
      )}
      <Table
        rows={rows}
        rowKey={({ key }) => key}
        empty={t("emptyScore")}
        testid="score-lines"
        columns={[
          {
            key: "ticket",
            title: t("ticket"),
            isHead: true,
            value: ({ ticketId }) => ticketId,
            cell: ({ ticketId, seq }) =>
              ticketId === undefined ? (
                "–"
              ) : (
                <>
                  <a href={ticketPath(ticketId)}>{ticketId}</a>
                  {seq !== undefined && <small class="id">{t("eventNo", { seq })}</small>}
                </>
              ),
          },
          { key: "kind", title: t("scoreKind"), cell: ({ kind }) => word("score", kind) },
          {
            key: "at",
            title: t("at"),
            cell: ({ at }) => (at === undefined ? "" : formatTime(at, language.value)),
          },
          {
            key: "points",
            title: t("points"),
            isNumber: true,
            value: ({ points }) => points,
            cell: ({ points }) => number(points),
          },
        ]}
      />
    </section>
  );
}
