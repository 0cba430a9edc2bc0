import type { ReportContent } from "../../field/field-types.ts";
import { photoRef } from "../../field/outbox.ts";
import {
  patched,
  type ReportPatch,
  reportGaps,
  withMeasuredWear,
} from "../../field/report-content.ts";
import type { Job } from "../../field/use-job.ts";
import { formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { Field } from "../form.tsx";
import { Confirmation } from "./confirmation.tsx";
import { MeasuredWear } from "./measured-wear.tsx";
import { PartsUsed } from "./parts-used.tsx";
import { PhotoBox } from "./photo-box.tsx";
import { RootCause } from "./root-cause.tsx";

const { t } = textsOf(texts);
const before = ["symptom", "preFaultOperation", "postFaultOperation", "procedureLog"] as const;
const after = ["solution", "preventionAdvice"] as const;
const ticks = ["fullMachineCheck", "machineStateNormal", "operatorBriefed"] as const;
const figures = ["labourHours", "travelKm"] as const;

export interface ReportPartProps {
  readonly job: Job;
  readonly change: (patch: ReportPatch) => void;
}

/** The repair report: every keystroke is kept on the phone, and handed in when the work is finished. */
export function ReportForm({ job }: { job: Job }) {
  const { content, view, order, draft } = job;
  if (view.isHandedIn)
    return (
      <section class="card" data-testid="report" data-state="handed-in">
        <h2>{t("report")}</h2>
        <p class="lead">{t("handedIn")}</p>
      </section>
    );
  const now = () => job.newest()?.content ?? content;
  const change = (patch: ReportPatch) => job.write({ content: patched(now(), patch) });
  const gaps = reportGaps(content);
  const handIn = async () => {
    const whole = withMeasuredWear(content, order, view);
    if (await job.act("save-report", { content: whole })) await job.act("hand-in-report");
  };
  return (
    <section class="card" data-testid="report">
      <h2>{t("report")}</h2>
      {draft && (
        <p class="faint" data-testid="autosaved">
          {t("autosaved", { time: formatTime(draft.savedAt, language.value, "minute") })}
        </p>
      )}
      <div class="ask">
        {before.map((name) => (
          <Words key={name} name={name} content={content} change={change} />
        ))}
        <RootCause job={job} change={change} />
        {after.map((name) => (
          <Words key={name} name={name} content={content} change={change} />
        ))}
        <PartsUsed job={job} change={change} />
        <MeasuredWear job={job} change={change} />
        <Ticks content={content} change={change} />
        <Figures content={content} change={change} />
        <PhotoBox
          job={job}
          purpose="report"
          label={t("takePhoto")}
          photos={job.photos.filter(({ purpose }) => purpose === "report")}
          onAdded={(localId) => change({ photos: [...now().photos, photoRef(localId)] })}
        />
        <Confirmation job={job} change={change} />
        {gaps.length > 0 && (
          <p class="problem" data-testid="gaps">
            {t("missing", {
              what: gaps.map((gap) => t(gap)).join(language.value === "en" ? ", " : "、"),
            })}
          </p>
        )}
        {view.state !== "work_done" && <p class="faint">{t("afterFinish")}</p>}
        <button
          type="button"
          class="big strong"
          data-testid="hand-in"
          disabled={gaps.length > 0 || view.state !== "work_done"}
          onClick={() => void handIn()}
        >
          {t("handIn")}
        </button>
      </div>
    </section>
  );
}

interface PartOf {
  readonly content: ReportContent;
  readonly change: ReportPartProps["change"];
}

function Words({
  name,
  content,
  change,
}: PartOf & { name: (typeof before | typeof after)[number] }) {
  return (
    <Field label={t(name)}>
      <textarea
        name={name}
        maxLength={4000}
        rows={3}
        value={content[name]}
        onInput={({ currentTarget }) => change({ [name]: currentTarget.value })}
      />
    </Field>
  );
}

const Ticks = ({ content, change }: PartOf) => (
  <div class="ticks">
    {ticks.map((name) => (
      <label key={name} class="tick">
        <input
          type="checkbox"
          name={name}
          checked={content[name]}
          onChange={({ currentTarget }) => change({ [name]: currentTarget.checked })}
        />
        <span>{t(name)}</span>
      </label>
    ))}
  </div>
);

function Figures({ content, change }: PartOf) {
  return (
    <div class="pair">
      {figures.map((name) => (
        <Field key={name} label={t(name)}>
          <input
            name={name}
            type="number"
            inputMode="decimal"
            min={0}
            step="any"
            value={content[name] || ""}
            onInput={({ currentTarget }) => change({ [name]: Number(currentTarget.value) || 0 })}
          />
        </Field>
      ))}
      <Field label={t("warrantyFormNo")}>
        <input
          name="warrantyFormNo"
          maxLength={100}
          value={content.warrantyFormNo ?? ""}
          onInput={({ currentTarget: { value } }) =>
            change(value === "" ? { warrantyFormNo: undefined } : { warrantyFormNo: value })
          }
        />
      </Field>
    </div>
  );
}
