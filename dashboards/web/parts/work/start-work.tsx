import { useState } from "preact/hooks";
import { photoRef } from "../../field/outbox.ts";
import type { Job } from "../../field/use-job.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts as orderTexts } from "../../i18n/pages/work-order-texts.ts";
import { texts as workTexts } from "../../i18n/pages/work-texts.ts";
import { PhotoBox } from "./photo-box.tsx";

const { t } = textsOf(orderTexts);
const { word } = textsOf(workTexts);
const always = ["powerCut", "secured", "pressureGone"] as const;

/** No work before everything that keeps people safe is ticked. */
export function StartWork({ job }: { job: Job }) {
  const [ticked, tick] = useState<ReadonlySet<string>>(new Set());
  const items = [
    ...always.map((name) => [name, t(name)] as const),
    ...job.order.safety.map((note) => [note.en, inLanguage(note)] as const),
  ];
  const sitePhotos = job.photos.filter(({ purpose }) => purpose === "site");
  const start = () => {
    const photoIds = sitePhotos.slice(-20).map(({ localId }) => photoRef(localId));
    void job.act("start-work", {
      isSafetyChecked: true,
      ...(photoIds.length > 0 ? { photoIds } : {}),
    });
  };
  return (
    <>
      <fieldset class="ticks">
        <legend>{t("safety")}</legend>
        {items.map(([name, text]) => (
          <label key={name} class="tick">
            <input
              type="checkbox"
              name="safety"
              checked={ticked.has(name)}
              onChange={({ currentTarget: { checked } }) => {
                const next = new Set(ticked);
                if (checked) next.add(name);
                else next.delete(name);
                tick(next);
              }}
            />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      <PhotoBox job={job} purpose="site" label={t("sitePhoto")} photos={sitePhotos} />
      <button
        type="button"
        class="big strong"
        data-testid="start-work"
        disabled={ticked.size < items.length}
        onClick={start}
      >
        {word("do", "start-work")}
      </button>
    </>
  );
}
