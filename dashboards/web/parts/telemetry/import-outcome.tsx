import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/telemetry-texts.ts";
import { machinePath } from "../../router.ts";
import type { TelemetryImport } from "../../types.ts";
import { type Column, Table } from "../table.tsx";
import { whenText } from "./when.ts";

const { t } = textsOf(texts);

type Fault = TelemetryImport["faults"][number];
const figures = ["rows", "added", "alreadyThere", "faults"] as const;
const mostStretches = 50;
const number = (value: number): string => formatNumber(value, language.value, 0);

const columns = (): Column<Fault>[] => [
  {
    key: "row",
    title: t("row"),
    isHead: true,
    value: ({ row }) => row,
    cell: ({ row }) => t("rowNumber", { row }),
  },
  {
    key: "column",
    title: t("column"),
    value: ({ column }) => column,
    cell: ({ column }) => (column === "" ? "–" : column),
  },
  { key: "value", title: t("value"), cell: ({ value }) => (value === "" ? "–" : value) },
  {
    key: "mistake",
    title: t("mistake"),
    value: ({ code }) => code,
    cell: ({ code, facts }) => t(`fault.${code}`, facts),
  },
];

interface Props {
  readonly outcome: TelemetryImport;
  readonly onImport: () => void;
}

/** What a file would bring or brought, and every mistake with its row and column. */
export function ImportOutcome({ outcome, onImport }: Props) {
  const { state, rows, added, alreadyThere, faults, faultCount } = outcome;
  if (state === "done")
    return (
      <div class="import-result">
        <p class="done" role="status" data-testid="history-imported">
          {t("imported", { added: number(added), alreadyThere: number(alreadyThere) })}
        </p>
        <Stretches outcome={outcome} />
      </div>
    );
  const isClean = faultCount === 0;
  const counts = { rows, added, alreadyThere, faults: faultCount };
  return (
    <div class="import-result" data-testid="history-preview">
      <dl class="figures">
        {figures.map((one) => (
          <div key={one} class={one === "faults" && !isClean ? "hot" : ""}>
            <dd data-field={one} data-value={counts[one]}>
              {number(counts[one])}
            </dd>
            <dt>{t(one)}</dt>
          </div>
        ))}
      </dl>
      <p>{t(isClean ? (added > 0 ? "clean" : "nothingNew") : "notClean")}</p>
      {isClean && added > 0 && (
        <p>
          <button type="button" class="strong" data-testid="history-now" onClick={onImport}>
            {t("importNow", { count: number(added) })}
          </button>
        </p>
      )}
      {isClean ? (
        <Stretches outcome={outcome} />
      ) : (
        <Table
          rows={faults}
          columns={columns()}
          rowKey={({ row, column, code, facts }) => `${row} ${column} ${code} ${facts.signal}`}
          empty=""
          testid="history-faults"
        />
      )}
      {faultCount > faults.length && <p>{t("firstOnly", { shown: number(faults.length) })}</p>}
    </div>
  );
}

function Stretches({ outcome: { stretches } }: Pick<Props, "outcome">) {
  if (stretches.length === 0) return null;
  return (
    <details>
      <summary>{t("stretches")}</summary>
      <ul class="plain-list">
        {stretches.slice(0, mostStretches).map(({ machineId, signal, from, to, samples }) => (
          <li key={`${machineId} ${signal}`}>
            <span>
              <a href={machinePath(machineId)}>{machineId}</a> · {signal}
            </span>
            <span class="faint">
              {t("stretch", { from: whenText(from), to: whenText(to), count: number(samples) })}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
