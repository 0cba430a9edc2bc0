import { useState } from "preact/hooks";
import { ApiError, download, may, path } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/exchange-texts.ts";
import type { Permission } from "../../types.ts";
import { Choice, Field, textIn } from "../form.tsx";
import { Problem } from "../problem.tsx";

const { t, word } = textsOf(texts);

const needs: Readonly<Record<string, Permission>> = {
  customers: "organisation.read",
  sites: "organisation.read",
  engineers: "organisation.read",
  machines: "organisation.read",
  parts: "stock.read",
  stock: "stock.read",
  history: "tickets.read",
  tickets: "tickets.read",
  movements: "stock.read",
  kpis: "kpi.read",
};
const ofTime = ["tickets", "movements", "kpis"];
const groups = ["region", "station", "product", "engineer"];
const kB = (bytes: number) => formatNumber(bytes / 1000, language.value, 0);

interface Shown {
  readonly bytes?: number;
  readonly name?: string;
  readonly error?: ApiError;
  readonly isBusy?: boolean;
}

/** Any list as a file, those of a time with the time wanted. */
export function ExportCard() {
  const lists = Object.keys(needs).filter((list) => may(needs[list] ?? "organisation.read"));
  const [list, choose] = useState(lists[0] ?? "");
  const [shown, show] = useState<Shown>({});
  const run = async (form: FormData) => {
    const wanted = new URLSearchParams({ format: textIn(form, "format") ?? "xlsx" });
    for (const name of ["from", "to"]) {
      const day = textIn(form, name);
      if (day !== undefined) wanted.set(name, new Date(`${day}T00:00:00`).toISOString());
    }
    const groupBy = textIn(form, "groupBy");
    if (groupBy !== undefined) wanted.set("groupBy", groupBy);
    show({ isBusy: true });
    try {
      const target = `${path`/exchange/exports/${list}`}?${wanted}`;
      const saved = await download(target, (bytes) => show({ isBusy: true, bytes }));
      show(saved);
    } catch (error) {
      show({ error: error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0) });
    }
  };
  const { isBusy = false, bytes, name, error } = shown;
  return (
    <section class="card" data-testid="export">
      <h2>{t("exportTitle")}</h2>
      <p class="lead">{t("exportAbout")}</p>
      <form
        class="command-form"
        onSubmit={(event) => {
          event.preventDefault();
          void run(new FormData(event.currentTarget));
        }}
      >
        <div class="pair">
          <Choice
            label={t("list")}
            name="list"
            words={lists}
            textOf={(one) => word("list", one)}
            value={list}
            onChange={choose}
          />
          <Choice
            label={t("format")}
            name="format"
            words={["xlsx", "csv"]}
            textOf={(one) => (one === "xlsx" ? "Excel (.xlsx)" : "CSV (.csv)")}
          />
          {ofTime.includes(list) &&
            (["from", "to"] as const).map((one) => (
              <Field key={one} label={t(one)}>
                <input type="date" name={one} required={list === "kpis"} />
              </Field>
            ))}
          {list === "kpis" && (
            <Choice
              label={t("groupBy")}
              name="groupBy"
              words={groups}
              textOf={(one) => word("group", one)}
              none={t("noGroup")}
            />
          )}
        </div>
        <Problem error={error} />
        <div class="buttons">
          <button type="submit" class="strong" data-testid="export-now" disabled={isBusy}>
            {t("download")}
          </button>
        </div>
        {isBusy && (
          <p role="status">
            {bytes === undefined ? t("preparing") : t("loaded", { size: kB(bytes) })}
          </p>
        )}
        {name !== undefined && (
          <p class="done" role="status" data-testid="exported">
            {t("done", { name, size: kB(bytes ?? 0) })}
          </p>
        )}
      </form>
    </section>
  );
}
