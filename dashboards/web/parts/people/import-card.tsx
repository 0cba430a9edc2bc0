import type { ImportJob } from "@firebreak/tickets/exchange/import-jobs.ts";
import { useRef, useState } from "preact/hooks";
import { ApiError, get, newCommandId, path, sendFile } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/exchange-texts.ts";
import { FileDrop } from "../file-drop.tsx";
import { Choice } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { ImportResult } from "./import-result.tsx";

const { t, word } = textsOf(texts);

/** In the order in which a new hub is filled. */
const lists = ["customers", "sites", "engineers", "machines", "parts", "stock", "history"] as const;

interface Shown {
  readonly file?: File;
  readonly job?: ImportJob;
  readonly error?: ApiError;
  readonly isBusy?: boolean;
}

const isOver = ({ state }: ImportJob): boolean => ["done", "refused", "failed"].includes(state);

/** Sends the file and asks until its job is over; `tell` hears how far it is. */
async function carryOut(
  list: string,
  mode: ImportJob["mode"],
  file: File,
  tell: (job: ImportJob) => void,
): Promise<void> {
  const query = new URLSearchParams({ mode, commandId: newCommandId() });
  let job = await sendFile<ImportJob>(`${path`/exchange/imports/${list}`}?${query}`, file);
  tell(job);
  while (!isOver(job)) {
    job = await get<ImportJob>(path`/exchange/imports/${job.importId}`);
    tell(job);
  }
}

/** A file is checked first; it can be imported once it has no mistake. */
export function ImportCard() {
  const [list, chooseList] = useState<string>(lists[0]);
  const [shown, show] = useState<Shown>({});
  const turn = useRef(0);

  const run = async (mode: ImportJob["mode"], file: File, named = list) => {
    turn.current += 1;
    const own = turn.current;
    const showMine = (next: Shown) => {
      if (turn.current === own) show({ file, ...next });
    };
    showMine({ isBusy: true });
    try {
      let last: ImportJob | undefined;
      await carryOut(named, mode, file, (job) => {
        last = job;
        showMine({ job, isBusy: !isOver(job) });
      });
      if (last) showMine({ job: last });
    } catch (error) {
      showMine({ error: error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0) });
    }
  };
  const { file, job, error, isBusy = false } = shown;
  return (
    <section class="card" data-testid="import">
      <h2>{t("importTitle")}</h2>
      <p class="lead">{t("importAbout")}</p>
      <div class="pair">
        <Choice
          label={t("list")}
          name="list"
          words={lists}
          textOf={(one) => word("list", one)}
          value={list}
          onChange={(next) => {
            turn.current += 1;
            chooseList(next);
            show({});
          }}
        />
        <p class="beside">
          <a href={`/api/v1/exchange/templates/${list}`} download data-testid="template">
            {t("template")}
          </a>
        </p>
      </div>
      <FileDrop
        text={t("drop")}
        testid="import-file"
        isBusy={isBusy}
        onFile={(chosen) => void run("preview", chosen)}
      />
      {isBusy && file && <Progress name={file.name} job={job} />}
      <Problem error={error} />
      {job && isOver(job) && file && (
        <ImportResult job={job} name={file.name} onImport={() => void run("import", file)} />
      )}
    </section>
  );
}

function Progress({ name, job }: { name: string; job: ImportJob | undefined }) {
  return (
    <p role="status" data-testid="import-progress">
      {t(job?.mode === "import" ? "importing" : "checking", { name })}{" "}
      {job !== undefined && job.rows > 0 && (
        <>
          <progress max={job.rows} value={job.rowsDone} />{" "}
          {t("progress", { done: job.rowsDone, rows: job.rows })}
        </>
      )}
    </p>
  );
}
