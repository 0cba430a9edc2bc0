import { path, post } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/telemetry-texts.ts";
import { useAttempt } from "../../live/use-attempt.ts";
import type { TelemetryExport } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { whenText } from "./when.ts";

const { t, word } = textsOf(texts);

const mostNamed = 2;

export const isUnderWay = ({ state }: TelemetryExport): boolean =>
  state === "waiting" || state === "running";

interface Props {
  readonly items: readonly TelemetryExport[] | undefined;
  readonly onChanged: () => void;
}

/** One's exports: how far each is, its file, and its end. */
export function ExportList({ items, onChanged }: Props) {
  const { attempt, isBusy, error } = useAttempt();
  const remove = async (id: string) => {
    await attempt(() => post(path`/telemetry-exports/${id}/remove`, {}));
    onChanged();
  };
  return (
    <section class="card">
      <h2>{t("yourExports")}</h2>
      <Problem error={error} />
      <Table
        rows={items}
        columns={columnsOf(isBusy, (id) => void remove(id))}
        rowKey={({ id }) => id}
        empty={t("noExports")}
        testid="exports"
      />
    </section>
  );
}

const columnsOf = (isBusy: boolean, onRemove: (id: string) => void): Column<TelemetryExport>[] => [
  {
    key: "machines",
    title: t("what"),
    isHead: true,
    value: ({ machineIds }) => machineIds.length,
    cell: ({ machineIds, signals }) => (
      <>
        {namesOf(machineIds)}
        <small class="id" title={signals?.join(", ")}>
          {signals === null ? t("allSignals") : t("signalCount", { count: signals.length })}
        </small>
      </>
    ),
  },
  {
    key: "span",
    title: t("span"),
    cell: ({ from, to }) => `${whenText(from)} – ${whenText(to)}`,
  },
  {
    key: "contents",
    title: t("contents"),
    value: ({ rows }) => rows,
    cell: contentsOf,
  },
  { key: "progress", title: t("state"), value: ({ state }) => state, cell: stateOf },
  {
    key: "actions",
    title: "",
    cell: (job) => (
      <div class="row-actions">
        {job.state === "done" && (
          <a
            class="button strong"
            href={`/api/v1${path`/telemetry-exports/${job.id}/file`}`}
            download=""
            data-testid="download"
          >
            {t("download")}
          </a>
        )}
        <button
          type="button"
          class="quiet"
          data-testid="remove"
          disabled={isBusy}
          onClick={() => onRemove(job.id)}
        >
          {t(isUnderWay(job) ? "stop" : "remove")}
        </button>
      </div>
    ),
  },
];

function namesOf(machineIds: readonly string[]): string {
  const names = machineIds.slice(0, mostNamed).join(", ");
  const count = machineIds.length - mostNamed;
  return count > 0 ? t("andMore", { names, count }) : names;
}

function contentsOf({ format, state, rows, bytes }: TelemetryExport): string {
  const kind = format === "csv" ? "CSV" : "Parquet";
  if (state === "done" && rows === 0) return `${kind} · ${t("empty")}`;
  if (rows === 0) return kind;
  const number = (value: number, digits: number) => formatNumber(value, language.value, digits);
  const size =
    bytes < 1e6
      ? t("kilobytes", { size: number(Math.ceil(bytes / 1e3), 0) })
      : t("megabytes", { size: number(bytes / 1e6, 1) });
  return [kind, t("rowsOf", { rows: number(rows, 0) }), size].join(" · ");
}

function stateOf(job: TelemetryExport) {
  const { state, progress, problem, restarts } = job;
  const percent = Math.floor(progress * 100);
  return (
    <div class="export-state">
      {word("export", state)}
      {state === "running" && (
        <>
          {" "}
          {t("percent", { percent })}
          <progress max={1} value={progress} aria-label={word("export", state)} />
        </>
      )}
      {isUnderWay(job) && restarts > 0 && <small class="id">{t("anew")}</small>}
      {problem && (
        <p class="problem" data-code={problem.code}>
          {problemText(problem)}
        </p>
      )}
    </div>
  );
}

function problemText({ code, message }: NonNullable<TelemetryExport["problem"]>): string {
  const said = word("problem", code);
  return said === code ? message : said;
}
