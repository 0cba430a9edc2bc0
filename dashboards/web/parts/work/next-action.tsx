import type { Job } from "../../field/use-job.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts as orderTexts } from "../../i18n/pages/work-order-texts.ts";
import { texts as workTexts } from "../../i18n/pages/work-texts.ts";
import { Field, textIn } from "../form.tsx";
import { Arrive } from "./arrive.tsx";
import { Ask } from "./ask.tsx";
import { StartWork } from "./start-work.tsx";
import { WorkUnderWay } from "./work-under-way.tsx";

const { t } = textsOf(orderTexts);
const { word } = textsOf(workTexts);

/** A big button that does one thing at once. */
function Act({
  job,
  type,
  isStrong = true,
}: {
  job: Job;
  type: "accept" | "depart" | "parts-ready" | "leave-site" | "resume";
  isStrong?: boolean;
}) {
  return (
    <button
      type="button"
      class={isStrong ? "big strong" : "big"}
      data-testid={type}
      onClick={() => void job.act(type)}
    >
      {word("do", type)}
    </button>
  );
}

const Reject = ({ job }: { job: Job }) => (
  <Ask
    label={word("do", "reject")}
    testid="reject"
    onSubmit={(form) => job.act("reject", { reason: textIn(form, "reason") ?? "" })}
  >
    <Field label={t("reason")}>
      <textarea name="reason" required maxLength={1000} rows={3} />
    </Field>
  </Ask>
);

/** Of a hold that began elsewhere only the server knows where it goes on. */
const isResuming = ({ steps }: Job): boolean =>
  steps.some(({ type, status }) => type === "resume" && status === "waiting");

/** The one or two things that may be done now. */
export function NextAction({ job }: { job: Job }) {
  const { view } = job;
  if (view.isRejected) return <p class="lead">{t("rejected")}</p>;
  switch (view.state) {
    case "assigned":
      return view.isAccepted ? (
        <Act job={job} type="depart" />
      ) : (
        <>
          <Act job={job} type="accept" />
          <Reject job={job} />
        </>
      );
    case "en_route":
      return <Arrive job={job} />;
    case "on_site":
      return <StartWork job={job} />;
    case "in_progress":
      return <WorkUnderWay job={job} />;
    case "waiting_parts":
      return (
        <>
          <Act job={job} type="parts-ready" />
          <Act job={job} type="leave-site" isStrong={false} />
        </>
      );
    case "on_hold":
      return isResuming(job) ? (
        <p class="lead">{t("resuming")}</p>
      ) : (
        <Act job={job} type="resume" />
      );
    case "work_done":
      return null;
    case "verifying":
      return <p class="lead">{t("watched")}</p>;
    default:
      return <p class="lead">{t("nothingNow")}</p>;
  }
}
