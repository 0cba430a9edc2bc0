import type { SiteSurvey } from "../../field/field-types.ts";
import { emptySurvey } from "../../field/report-content.ts";
import type { Job } from "../../field/use-job.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { Choice, Field, numberIn, textIn } from "../form.tsx";
import { Ask } from "./ask.tsx";

const { t } = textsOf(texts);
const first = ["workingTime", "projectProgress"] as const;
const last = [
  "serviceOpinion",
  "followOnProjects",
  "productImpression",
  "improvementSuggestions",
] as const;
const skills = ["untrained", "basic", "skilled", "expert"] as const;

interface PartProps {
  readonly survey: SiteSurvey;
  readonly change: (patch: Partial<SiteSurvey>) => void;
}

/** The nine fields of the user information form, in its order, and two more. */
export function SurveyForm({ job }: { job: Job }) {
  const survey = job.draft?.survey ?? job.view.survey ?? emptySurvey;
  const change = (patch: Partial<SiteSurvey>) =>
    job.write({ survey: { ...(job.newest()?.survey ?? survey), ...patch } });
  const isKept =
    job.view.survey !== undefined && JSON.stringify(job.view.survey) === JSON.stringify(survey);
  const words = (name: (typeof first | typeof last)[number] | "otherBrandEquipment") => (
    <Field key={name} label={t(name)}>
      <textarea
        name={name}
        maxLength={2000}
        rows={2}
        value={survey[name]}
        onInput={({ currentTarget }) => change({ [name]: currentTarget.value })}
      />
    </Field>
  );
  return (
    <section class="card" data-testid="survey">
      <h2>{t("survey")}</h2>
      <div class="ask">
        <Equipment survey={survey} change={change} />
        {first.map(words)}
        <Peaks survey={survey} change={change} />
        {last.map(words)}
        <Choice
          label={t("operatorSkill")}
          name="operatorSkill"
          words={skills}
          textOf={(skill) => t(`skill.${skill}` as "skill.basic")}
          value={survey.operatorSkill}
          onChange={(skill) => change({ operatorSkill: skill as SiteSurvey["operatorSkill"] })}
        />
        {words("otherBrandEquipment")}
        {isKept && <p class="lead">{t("surveySaved")}</p>}
        <button
          type="button"
          class="big strong"
          data-testid="save-survey"
          disabled={isKept}
          onClick={() => void job.act("save-survey", { survey })}
        >
          {t("saveSurvey")}
        </button>
      </div>
    </section>
  );
}

function Equipment({ survey: { equipmentTypes, equipmentCounts }, change }: PartProps) {
  const without = <One,>(all: readonly One[], at: number) => all.filter((_one, i) => i !== at);
  return (
    <fieldset class="group">
      <legend>{t("equipment")}</legend>
      <ul class="plain-list">
        {equipmentTypes.map((type, index) => (
          <li key={`${type}-${index}`} class="used">
            <span>
              {type} ×{equipmentCounts[index]}
            </span>
            <button
              type="button"
              onClick={() =>
                change({
                  equipmentTypes: without(equipmentTypes, index),
                  equipmentCounts: without(equipmentCounts, index),
                })
              }
            >
              {t("remove")}
            </button>
          </li>
        ))}
      </ul>
      <Ask
        label={t("addEquipment")}
        testid="add-equipment"
        onSubmit={async (form) => {
          change({
            equipmentTypes: [...equipmentTypes, textIn(form, "type") ?? ""],
            equipmentCounts: [...equipmentCounts, numberIn(form, "count") ?? 1],
          });
          return true;
        }}
      >
        <Field label={t("equipmentType")}>
          <input name="type" required pattern=".*\S.*" maxLength={100} />
        </Field>
        <Field label={t("count")}>
          <input name="count" type="number" min={0} max={10000} required defaultValue="1" />
        </Field>
      </Ask>
    </fieldset>
  );
}

function Peaks({ survey: { peakPeriods }, change }: PartProps) {
  return (
    <fieldset class="group">
      <legend>{t("peakPeriods")}</legend>
      <ul class="plain-list">
        {peakPeriods.map(({ from, to }, index) => (
          <li key={`${from}-${to}`} class="used">
            <span>
              {from} – {to}
            </span>
            <button
              type="button"
              onClick={() => change({ peakPeriods: peakPeriods.filter((_one, i) => i !== index) })}
            >
              {t("remove")}
            </button>
          </li>
        ))}
      </ul>
      <Ask
        label={t("addPeak")}
        testid="add-peak"
        onSubmit={async (form) => {
          const [from = "", to = ""] = [textIn(form, "from"), textIn(form, "to")].sort();
          change({ peakPeriods: [...peakPeriods, { from, to }] });
          return true;
        }}
      >
        <div class="pair">
          <Field label={t("from")}>
            <input name="from" type="date" required />
          </Field>
          <Field label={t("to")}>
            <input name="to" type="date" required />
          </Field>
        </div>
      </Ask>
    </fieldset>
  );
}
