import { useEffect, useState } from "preact/hooks";
import { path } from "../api-client.ts";
import { formatTime } from "../format.ts";
import { t as common, language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/public-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { LinkOver, PublicFrame, PublicProblem } from "../parts/public/public-frame.tsx";

const { t, word } = textsOf(texts);
const pollMs = 30_000;
/** As customers are told of them. */
const steps = ["report", "diagnose", "handle", "feedback", "follow_up"] as const;

/** All that the interface says to whoever has the code. */
interface Progress {
  readonly stage: (typeof steps)[number] | "done";
  readonly since: string;
  readonly arrivalAt?: string;
  readonly engineer?: string;
}

/** How far a repair is, for whoever has its code. */
export function ProgressPage({ code }: { code: string }) {
  const { data, error } = useResource<Progress>(path`/public/progress/${code}`, pollMs);
  const [heardAt, heard] = useState("");
  useEffect(() => {
    if (data) heard(new Date().toISOString());
  }, [data]);
  const isOver = error?.code === "LINK_UNKNOWN";
  return (
    <PublicFrame>
      {isOver ? (
        <LinkOver />
      ) : (
        <>
          <h1>{t("progressTitle")}</h1>
          {data && error && (
            <p class="problem" role="status">
              {t("asOf", { time: formatTime(heardAt, language.value, "minute") })}
            </p>
          )}
          {data ? <Steps progress={data} /> : <PublicProblem error={error} />}
          {!data && !error && <p class="faint">{common("loading")}</p>}
        </>
      )}
    </PublicFrame>
  );
}

function Steps({ progress }: { progress: Progress }) {
  const { stage, since, arrivalAt, engineer } = progress;
  const at = stage === "done" ? steps.length : steps.indexOf(stage);
  return (
    <section class="card" data-testid="progress" data-value={stage}>
      <ol class="steps">
        {steps.map((step, index) => (
          <li
            key={step}
            class={index < at ? "past" : index === at ? "now" : "next"}
            aria-current={index === at ? "step" : undefined}
          >
            <b>{word("stage", step)}</b>
            {index === at && (
              <span>
                {word("about", step)}{" "}
                <time class="faint" dateTime={since}>
                  {t("since", { time: minuteOf(since) })}
                </time>
              </span>
            )}
          </li>
        ))}
      </ol>
      {stage === "done" && <p role="status">{t("allDone")}</p>}
      {(arrivalAt !== undefined || engineer !== undefined) && (
        <dl class="facts">
          {arrivalAt !== undefined && (
            <>
              <dt>{t("arrival")}</dt>
              <dd data-field="arrivalAt" data-value={arrivalAt}>
                {minuteOf(arrivalAt)}
              </dd>
            </>
          )}
          {engineer !== undefined && (
            <>
              <dt>{t("engineer")}</dt>
              <dd data-field="engineer" data-value={engineer}>
                {engineer}
              </dd>
            </>
          )}
        </dl>
      )}
    </section>
  );
}

/** Day and minute: seconds are of no use to a customer. */
const minuteOf = (iso: string): string =>
  new Intl.DateTimeFormat(language.value, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(Date.parse(iso));
