import { held } from "../field/field-desk.ts";
import { useField } from "../field/use-field.ts";
import { type Job, useJob } from "../field/use-job.ts";
import { t as common, inLanguage, textsOf } from "../i18n/language.ts";
import { texts as orderTexts } from "../i18n/pages/work-order-texts.ts";
import { texts as workTexts } from "../i18n/pages/work-texts.ts";
import { usePageTitle } from "../page-title.ts";
import { Attempts } from "../parts/work/attempts.tsx";
import { Checklist } from "../parts/work/checklist.tsx";
import { Hold } from "../parts/work/hold.tsx";
import { NextAction } from "../parts/work/next-action.tsx";
import { Causes, Checks, History, Parts, Safety, Why } from "../parts/work/order-facts.tsx";
import { ReportForm } from "../parts/work/report-form.tsx";
import { StateLine } from "../parts/work/state-line.tsx";
import { StepList } from "../parts/work/step-list.tsx";
import { SurveyForm } from "../parts/work/survey-form.tsx";
import { WayThere } from "../parts/work/way-there.tsx";
import { WorkHead } from "../parts/work/work-head.tsx";

const { t } = textsOf(orderTexts);
const { t: work } = textsOf(workTexts);

/** Everything to act on one ticket, with gloves and without a line. */
export function WorkOrderPage({ ticketId }: { ticketId: string }) {
  useField();
  const job = useJob(ticketId);
  usePageTitle(job ? inLanguage(job.order.title) : ticketId);
  return (
    <section class="page work">
      <StateLine />
      <a class="back" href="/work">
        ← {t("allMyWork")}
      </a>
      {job ? <WholeJob job={job} /> : <NotHere />}
    </section>
  );
}

const NotHere = () => (
  <p class="empty">{held.value === undefined ? common("loading") : t("notHere")}</p>
);

function WholeJob({ job }: { job: Job }) {
  const { order, view, steps, isMine } = job;
  const isAtWork = view.state === "in_progress";
  const isReporting = isAtWork || view.state === "work_done" || view.isHandedIn;
  const isOnSite = isReporting || view.state === "on_site" || view.state === "waiting_parts";
  return (
    <>
      <WorkHead order={order} state={view.state} />
      {!isMine && (
        <p class="problem" data-testid="not-mine">
          {work("notMine")}
        </p>
      )}
      {isMine && view.state !== "work_done" && (
        <section class="card next" data-testid="next">
          <h2>{t("next")}</h2>
          <div class="big-actions">
            <NextAction job={job} />
            <Hold job={job} />
          </div>
        </section>
      )}
      <Safety order={order} />
      {isAtWork && <Checklist job={job} />}
      {isReporting && <Attempts job={job} />}
      {isReporting && <ReportForm job={job} />}
      {isOnSite && !view.isHandedIn && <SurveyForm job={job} />}
      <Why order={order} />
      <Causes order={order} />
      <Checks order={order} />
      <Parts order={order} />
      <WayThere order={order} />
      <History order={order} />
      <StepList steps={steps} />
    </>
  );
}
