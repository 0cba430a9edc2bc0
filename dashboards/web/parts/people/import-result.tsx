import type { ImportJob } from "@firebreak/tickets/exchange/import-jobs.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/exchange-texts.ts";
import { type Column, Table } from "../table.tsx";

const { t } = textsOf(texts);

type Fault = ImportJob["faults"][number];

const columns = (): Column<Fault>[] => [
  {
    key: "row",
    title: t("row"),
    isHead: true,
    value: ({ row, letter }) => `${letter}${row}`,
    cell: ({ row }) => `${t("row")} ${row}`,
  },
  {
    key: "column",
    title: t("column"),
    value: ({ letter }) => letter,
    cell: ({ letter, column }) => [letter, inLanguage(column)].filter(Boolean).join(" · "),
  },
  { key: "value", title: t("value"), cell: ({ value }) => (value === "" ? "–" : value) },
  { key: "mistake", title: t("mistake"), cell: ({ message }) => inLanguage(message) },
];

interface Props {
  readonly job: ImportJob;
  /** Of the file. */
  readonly name: string;
  readonly onImport: () => void;
}

/** What a file would do or did, and every mistake with its row and column. */
export function ImportResult({ job, name, onImport }: Props) {
  const { mode, state, counts, faults, faultCount, ignoredColumns, problem } = job;
  if (problem)
    return (
      <p class="problem" role="alert" data-code={problem.code}>
        {inLanguage(problem.text)}
      </p>
    );
  if (mode === "import" && state === "done" && counts)
    return (
      <p class="done" role="status" data-testid="imported">
        {t("imported", counts)}
      </p>
    );
  const isClean = faultCount === 0;
  const figures = { ...(counts ?? { created: 0, changed: 0, same: 0 }), faults: faultCount };
  return (
    <div class="import-result" data-testid="preview">
      <p>
        <b>{t("preview", { name, rows: job.rows })}</b>
      </p>
      <dl class="figures">
        {(["created", "changed", "same", "faults"] as const).map((one) => (
          <div key={one} class={one === "faults" && !isClean ? "hot" : ""}>
            <dd data-field={one} data-value={figures[one]}>
              {figures[one]}
            </dd>
            <dt>{t(one)}</dt>
          </div>
        ))}
      </dl>
      {ignoredColumns.length > 0 && (
        <p class="faint">{t("ignored", { columns: ignoredColumns.join(" · ") })}</p>
      )}
      <p>{t(isClean ? "clean" : "notClean")}</p>
      {isClean ? (
        <p>
          <button type="button" class="strong" data-testid="import-now" onClick={onImport}>
            {t("importNow")}
          </button>
        </p>
      ) : (
        <Table
          rows={faults}
          columns={columns()}
          rowKey={({ row, letter }) => `${letter}${row}`}
          empty=""
          testid="faults"
        />
      )}
      {faultCount > faults.length && <p>{t("firstOnly", { shown: faults.length })}</p>}
    </div>
  );
}
