import { useEffect, useState } from "preact/hooks";
import { formatTime } from "../format.ts";
import { inLanguage, language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/public-texts.ts";
import { Field } from "../parts/form.tsx";
import { MediaList, MediaPicker } from "../parts/public/media-list.tsx";
import { limitMbOf, mediaLimits } from "../parts/public/media-upload.ts";
import { PublicFrame, PublicProblem } from "../parts/public/public-frame.tsx";
import { type ReportDraft, readSent } from "../parts/public/report-draft.ts";
import { ReportSent } from "../parts/public/report-sent.tsx";
import { SymptomChoice } from "../parts/public/symptom-choice.tsx";
import { useMedia } from "../parts/public/use-media.ts";
import { useReportForm, useSymptoms } from "../parts/public/use-report.ts";

const { t } = textsOf(texts);
type Media = ReturnType<typeof useMedia>;
type Form = ReturnType<typeof useReportForm>;

/** A customer reports a fault: with the serial number from the code on the machine, or without. */
export function ReportPage({ serialNumber }: { serialNumber: string | undefined }) {
  const form = useReportForm(serialNumber);
  const media = useMedia();
  const symptoms = useSymptoms();
  const [code, sent] = useState<string | undefined>(undefined);
  const { unfinished } = media;
  useEffect(() => {
    // Closed before the photos were sent: they go on to the report they belong to.
    if (unfinished === undefined) return;
    sent(unfinished);
    void media.send(unfinished);
  }, [unfinished]);
  const titleOf = (mode: string) => {
    const one = symptoms.find(({ failureMode }) => failureMode === mode);
    return one ? inLanguage(one.title) : mode;
  };
  const send = async () => {
    const given = await form.send(titleOf);
    if (given === undefined) return;
    sent(given);
    scrollTo(0, 0);
    await media.send(given);
  };
  return (
    <PublicFrame>
      {code === undefined ? (
        <>
          <h1>{t("reportTitle")}</h1>
          <p class="lead">{t("reportLead")}</p>
          <Earlier />
          <form
            class="command-form"
            data-testid="report-form"
            onSubmit={(event) => {
              event.preventDefault();
              void send();
            }}
          >
            <Machine form={form} isGiven={serialNumber !== undefined} />
            <section class="card">
              <SymptomChoice
                symptoms={symptoms}
                productType={form.draft.productType}
                failureMode={form.draft.failureMode}
                onProduct={(productType) => form.edit({ productType, failureMode: "" })}
                onMode={(failureMode) => form.edit({ failureMode })}
              />
              <Words form={form} />
              <Stopped form={form} />
            </section>
            <Pictures media={media} />
            <Contact form={form} />
            <Trap form={form} />
            <PublicProblem error={form.error} />
            <button type="submit" class="strong send" disabled={form.isBusy}>
              {t(form.isBusy ? "sending" : form.error ? "tryAgain" : "send")}
            </button>
            <p class="faint small">{t(media.isKept ? "draftKept" : "photosNotKept")}</p>
          </form>
        </>
      ) : (
        <ReportSent
          code={code}
          media={media.items}
          onRetry={() => void media.send(code)}
          onAnother={() => {
            media.clear();
            sent(undefined);
          }}
        />
      )}
    </PublicFrame>
  );
}

function Earlier() {
  const sent = readSent();
  if (!sent) return null;
  return (
    <p class="card one-line" data-testid="earlier-report">
      {t("earlier", { time: formatTime(sent.at, language.value) })}
      <a href={`/p/${sent.code}`}>{t("followIt")}</a>
    </p>
  );
}

/** A line of text of the draft. */
const lineOf = (form: Form, name: keyof ReportDraft, maxLength: number) => ({
  name,
  maxLength,
  value: form.draft[name],
  onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
    form.edit({ [name]: currentTarget.value }),
});

const Machine = ({ form, isGiven }: { form: Form; isGiven: boolean }) => (
  <section class="card">
    <Field label={t("serialNumber")} hint={t(isGiven ? "serialFromCode" : "serialHint")}>
      <input
        {...lineOf(form, "serialNumber", 100)}
        autocapitalize="characters"
        autocomplete="off"
      />
    </Field>
    <Field label={t("place")} hint={t("placeHint")}>
      <input {...lineOf(form, "place", 300)} />
    </Field>
  </section>
);

const Words = ({ form }: { form: Form }) => (
  <Field label={t("inYourWords")} hint={t("inYourWordsHint")}>
    <textarea
      {...lineOf(form, "symptom", 2_000)}
      rows={4}
      required={form.draft.failureMode === ""}
    />
  </Field>
);

const Stopped = ({ form }: { form: Form }) => (
  <fieldset class="choices pair">
    <legend>{t("canItWork")}</legend>
    {(["yes", "no"] as const).map((answer) => (
      <label key={answer} class={answer === "yes" ? "choice hot" : "choice"}>
        <input
          type="radio"
          name="machineStopped"
          value={answer}
          required
          checked={form.draft.machineStopped === answer}
          onChange={() => form.edit({ machineStopped: answer })}
        />
        <span>{t(answer === "yes" ? "stopped" : "works")}</span>
      </label>
    ))}
  </fieldset>
);

const Contact = ({ form }: { form: Form }) => (
  <section class="card">
    <Field label={t("yourName")}>
      <input {...lineOf(form, "name", 100)} required autocomplete="name" />
    </Field>
    <Field label={t("yourPhone")} hint={t("phoneHint")}>
      <input
        {...lineOf(form, "phone", 31)}
        type="tel"
        required={form.draft.email === ""}
        pattern="[+0-9][0-9 \(\)\-]{4,30}"
        title={t("phonePattern")}
        autocomplete="tel"
      />
    </Field>
    <Field label={t("yourEmail")} hint={t("emailHint")}>
      <input
        {...lineOf(form, "email", 200)}
        type="email"
        required={form.draft.phone === ""}
        autocomplete="email"
      />
    </Field>
  </section>
);

/** Programs fill in what people do not see. */
const Trap = ({ form }: { form: Form }) => (
  <div class="unseen" aria-hidden="true">
    <input
      {...lineOf(form, "website", 200)}
      tabIndex={-1}
      autocomplete="off"
      aria-label="Website"
    />
  </div>
);

function Pictures({ media }: { media: Media }) {
  const { problem } = media;
  const { files, photoMb: photo, videoMb: video } = mediaLimits;
  return (
    <section class="card">
      <h2>{t("pictures")}</h2>
      <MediaList items={media.items} onRemove={media.remove} />
      <div class="buttons">
        <MediaPicker kind="photo" onPick={media.add} />
        <MediaPicker kind="video" onPick={media.add} />
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem.why === "tooMany"
            ? t("tooMany", { files })
            : t("tooLarge", { name: problem.name, limit: limitMbOf(problem.kind) })}
        </p>
      )}
      <p class="faint small">{t("picturesHint", { files, photo, video })}</p>
    </section>
  );
}
