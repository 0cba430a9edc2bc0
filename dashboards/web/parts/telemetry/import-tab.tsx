import { useRef, useState } from "preact/hooks";
import { ApiError } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/telemetry-texts.ts";
import { sendLarge } from "../../live/send-large.ts";
import type { TelemetryImport } from "../../types.ts";
import { FileDrop } from "../file-drop.tsx";
import { Problem } from "../problem.tsx";
import { ImportOutcome } from "./import-outcome.tsx";
import { MappingForm } from "./mapping-form.tsx";
import { readColumns } from "./read-columns.ts";

const { t } = textsOf(texts);

type Step = "reading" | "checking" | "importing";

interface Shown {
  readonly file?: File;
  readonly columns?: readonly string[];
  readonly step?: Step;
  /** How much of the file has gone, 0 to 1. */
  readonly share?: number;
  readonly outcome?: TelemetryImport;
  readonly error?: ApiError;
}

const queryFor = (query: string, mode: "preview" | "import"): string => {
  const wanted = new URLSearchParams(query);
  wanted.set("mode", mode);
  return `/telemetry-imports?${wanted}`;
};

/** History from a file: what its columns hold, what is wrong with it, and then the import. */
export function ImportTab() {
  const [shown, show] = useState<Shown>({});
  const turn = useRef(0);
  const checked = useRef("");
  const { file, columns, step, outcome } = shown;

  /** Work whose news count until something newer begins. */
  const begin = async (
    base: Shown,
    work: (tell: (news: Shown) => void) => Promise<Shown>,
  ): Promise<void> => {
    turn.current += 1;
    const own = turn.current;
    const tell = (news: Shown) => {
      if (turn.current === own) show({ ...base, ...news });
    };
    tell({});
    try {
      const { step: _done, ...rest } = base;
      const result = await work(tell);
      if (turn.current === own) show({ ...rest, ...result });
    } catch (error) {
      const { step: _failed, ...rest } = base;
      const coded = error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0);
      if (turn.current === own) show({ ...rest, error: coded });
    }
  };
  const choose = (chosen: File) => {
    // What was said of the columns stays for a file that was corrected.
    const before = columns === undefined ? {} : { columns };
    const read = async () => ({ columns: await readColumns(chosen) });
    return begin({ ...before, file: chosen, step: "reading" }, read);
  };
  const send = (mode: "preview" | "import") => {
    if (file === undefined || columns === undefined) return;
    const target = queryFor(checked.current, mode);
    void begin({ file, columns, step: mode === "preview" ? "checking" : "importing" }, (tell) =>
      sendLarge<TelemetryImport>(target, file, (share) => tell({ share })).then((reply) => ({
        outcome: reply,
      })),
    );
  };
  return (
    <>
      <p class="lead">{t("importAbout")}</p>
      <section class="card" data-testid="history-import">
        <FileDrop
          text={t("drop")}
          testid="history-file"
          isBusy={step !== undefined}
          onFile={(chosen) => void choose(chosen)}
        />
        {file && columns && (
          <MappingForm
            key={columns.join()}
            name={file.name}
            columns={columns}
            isBusy={step !== undefined}
            onChanged={() => {
              if (step === "importing") return;
              turn.current += 1;
              show({ file, columns });
            }}
            onCheck={(query) => {
              checked.current = query;
              send("preview");
            }}
          />
        )}
        {file && step && <Progress name={file.name} step={step} share={shown.share} />}
        <Problem error={shown.error} />
        {outcome && <ImportOutcome outcome={outcome} onImport={() => send("import")} />}
      </section>
    </>
  );
}

interface ProgressProps {
  readonly name: string;
  readonly step: Step;
  readonly share: number | undefined;
}

function Progress({ name, step, share }: ProgressProps) {
  const isSending = share !== undefined && share < 1;
  return (
    <p role="status" class="export-state" data-testid="history-progress">
      {t(step, { name })}{" "}
      {isSending && t("sent", { percent: formatNumber(share * 100, language.value, 0) })}
      <progress aria-label={t(step, { name })} {...(isSending ? { value: share } : {})} />
    </p>
  );
}
