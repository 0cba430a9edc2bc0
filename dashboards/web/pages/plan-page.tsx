import { useSignal } from "@preact/signals";
import { me, path } from "../api-client.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/plans-texts.ts";
import { serverNowMs } from "../live/now.ts";
import { useCommand } from "../live/use-command.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { CommandForm, Field, textIn } from "../parts/form.tsx";
import { ForecastChart } from "../parts/plans/forecast-chart.tsx";
import { LearnedCard } from "../parts/plans/learned-card.tsx";
import {
  mayStep,
  monthText,
  nextOfPlan,
  obstacleOf,
  owns,
  type PartsPlan,
  type PlanLine,
  type PlanStepName,
  planStates,
} from "../parts/plans/plan-data.ts";
import { PlanLines } from "../parts/plans/plan-lines.tsx";
import { usePartNames, useRegions } from "../parts/plans/use-names.ts";
import { Problem } from "../parts/problem.tsx";
import { formatMoment } from "../parts/stock/stock-format.ts";
import { StockNav } from "../parts/stock/stock-nav.tsx";

const { t, word } = textsOf(texts);
const pollMs = 30_000;

/** One parts plan: how far it is, what it asks for, what it rests on, what it taught. */
export function PlanPage({ planId }: { planId: string }) {
  usePageTitle(planId);
  const {
    data: plan,
    error,
    reload,
  } = useResource<PartsPlan>(path`/parts-plans/${planId}`, pollMs);
  return (
    <section class="page">
      <StockNav current="plans" />
      <Problem error={error} />
      {plan ? <Plan plan={plan} reload={reload} /> : <h1>{planId}</h1>}
    </section>
  );
}

interface Props {
  readonly plan: PartsPlan;
  readonly reload: () => void;
}

function Plan({ plan, reload }: Props) {
  const regions = useRegions();
  const nameOfPart = usePartNames();
  const charted = useSignal<PlanLine | undefined>(undefined);
  const isMine = me.value ? owns(me.value, plan) : false;
  const mayChange = isMine && plan.state === "draft";
  const most = (one: PlanLine) => one.forecast?.expected ?? -1;
  const line = charted.value ?? plan.lines.toSorted((a, b) => most(b) - most(a))[0];
  return (
    <>
      <div>
        <p class="over-title">
          <span class="code">{plan.planId}</span>
          <span class={`chip state ${plan.state}`} data-testid="plan-state" data-value={plan.state}>
            {word("planState", plan.state)}
          </span>
          <span>{regions.ofPlan(plan.regionId)}</span>
        </p>
        <h1>
          {t("planOf", {
            type: word("planType", plan.planType),
            month: monthText(plan.period, language.value),
          })}
        </h1>
      </div>
      <Progress plan={plan} reload={reload} />
      <PlanLines
        plan={plan}
        mayChange={mayChange}
        nameOfPart={nameOfPart}
        nameOfRegion={regions.nameOf}
        onChart={(one) => {
          charted.value = one;
        }}
        onDone={reload}
      />
      <div class="columns">
        <div>
          {line?.forecast && (
            <ForecastChart
              key={`${line.partNo}@${line.regionId}`}
              line={line}
              title={t("chartTitle", {
                part: nameOfPart(line.partNo),
                region: regions.nameOf(line.regionId),
              })}
            />
          )}
          {plan.state === "evaluated" && <LearnedCard planId={plan.planId} />}
        </div>
        <div>
          <Assumptions plan={plan} mayChange={mayChange} reload={reload} />
        </div>
      </div>
    </>
  );
}

const owners = {
  core: "ownerCore",
  non_core: "ownerOther",
  emergency: "ownerEmergency",
} as const;

function Progress({ plan, reload }: Props) {
  const command = useCommand();
  const next = nextOfPlan(plan);
  const obstacle = obstacleOf(plan, serverNowMs.value);
  // What was handed in and sent back is a draft again.
  const stepOf = (state: PartsPlan["state"]) =>
    planStates.indexOf(state) <= planStates.indexOf(plan.state)
      ? plan.history.findLast((one) => one.state === state)
      : undefined;
  const states = planStates.filter(
    (state) => plan.planType !== "emergency" || (state !== "reviewed" && state !== "approved"),
  );
  const run = async (step: string) => {
    await command.run(`${path`/parts-plans/${plan.planId}`}/${step}`);
    reload();
  };
  const may = (step: PlanStepName) => (me.value ? mayStep(me.value, plan, step) : false);
  const mayNext = next !== undefined && obstacle === undefined && may(next);
  const maySendBack = plan.state === "reviewed" && may("send-back");
  return (
    <section class="card" data-testid="progress">
      <ol class="plan-steps">
        {states.map((state) => {
          const step = stepOf(state);
          return (
            <li key={state} class={step ? "done" : ""} data-step={state}>
              <b>{word("planState", state)}</b>
              {step && (
                <small class="faint">
                  {step.actorId} · {formatMoment(step.at, language.value)}
                </small>
              )}
            </li>
          );
        })}
      </ol>
      <p class="lead">{t(owners[plan.planType])}</p>
      {obstacle !== undefined && (
        <p class={obstacle === "tooEarly" ? "lead" : "refusal"} data-testid="obstacle">
          {t(obstacle, { time: formatMoment(plan.period.to, language.value) })}
        </p>
      )}
      <Problem error={command.error} />
      <p class="buttons">
        {mayNext && (
          <button
            type="button"
            class="strong"
            data-testid={`step-${next}`}
            disabled={command.isBusy}
            onClick={() => void run(next)}
          >
            {t(`step.${next}`)}
          </button>
        )}
        {maySendBack && (
          <button
            type="button"
            data-testid="step-send-back"
            disabled={command.isBusy}
            onClick={() => void run("send-back")}
          >
            {t("step.send-back")}
          </button>
        )}
      </p>
    </section>
  );
}

function Assumptions({ plan, mayChange, reload }: Props & { readonly mayChange: boolean }) {
  const command = useCommand();
  const submit = async (form: FormData) => {
    const text = textIn(form, "value") ?? "";
    const value = Number.isFinite(Number(text)) ? Number(text) : text;
    const assumption = { name: textIn(form, "name"), value, source: textIn(form, "source") };
    await command.run(path`/parts-plans/${plan.planId}/assumptions`, { assumption });
    reload();
  };
  return (
    <section class="card" data-testid="assumptions">
      <h2>{t("assumptions")}</h2>
      {plan.assumptions.length === 0 && <p class="empty">{t("noAssumptions")}</p>}
      <ul class="plain">
        {plan.assumptions.map(({ name, value, source }) => (
          <li key={`${name} ${value}`}>
            <b>{name}</b> <span>{value}</span>
            <span class="faint">{source}</span>
          </li>
        ))}
      </ul>
      {mayChange && (
        <CommandForm
          key={plan.assumptions.length}
          command={command}
          submit={t("assume")}
          testid="assume-form"
          onSubmit={(form) => void submit(form)}
        >
          <div class="pair">
            <Field label={t("name")}>
              <input name="name" required maxLength={200} />
            </Field>
            <Field label={t("value")}>
              <input name="value" required maxLength={200} />
            </Field>
            <Field label={t("source")}>
              <input name="source" required maxLength={400} />
            </Field>
          </div>
        </CommandForm>
      )}
    </section>
  );
}
