import { useState } from "preact/hooks";
import { arrivalKm, distanceKm, type Place, whereAmI } from "../../field/distance.ts";
import type { Job } from "../../field/use-job.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts as orderTexts } from "../../i18n/pages/work-order-texts.ts";
import { texts as workTexts } from "../../i18n/pages/work-texts.ts";
import { Field, textIn } from "../form.tsx";
import { placeOf } from "./way-there.tsx";

const { t } = textsOf(orderTexts);
const { word } = textsOf(workTexts);

type Asked = { readonly place: Place | undefined; readonly km: number | undefined };

/** Arrival: by position when the phone may tell it and it is near; else with a reason. */
export function Arrive({ job }: { job: Job }) {
  const [state, setState] = useState<"idle" | "locating" | Asked>("idle");

  const arrive = async () => {
    setState("locating");
    const place = await whereAmI();
    const machine = placeOf(job.order);
    const km = place && machine ? distanceKm(place, machine) : undefined;
    if (place && km !== undefined && km <= arrivalKm) await job.act("arrive", { place });
    else setState({ place, km });
  };
  const arriveWhy = (form: FormData) => {
    const reason = textIn(form, "reason");
    const place = typeof state === "object" ? state.place : undefined;
    void job.act("arrive", { ...(place ? { place } : {}), reason });
  };

  if (typeof state !== "object")
    return (
      <button
        type="button"
        class="big strong"
        data-testid="arrive"
        disabled={state === "locating"}
        onClick={() => void arrive()}
      >
        {state === "locating" ? t("locating") : word("do", "arrive")}
      </button>
    );
  const km = state.km === undefined ? undefined : formatNumber(state.km, language.value, 1);
  return (
    <form
      class="ask"
      data-testid="arrive-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (event.currentTarget instanceof HTMLFormElement)
          arriveWhy(new FormData(event.currentTarget));
      }}
    >
      <p>{km === undefined ? t("noPosition") : t("farAway", { km })}</p>
      <Field label={t("reason")}>
        <textarea name="reason" required maxLength={1000} rows={2} />
      </Field>
      <button type="submit" class="big strong">
        {t("arriveHere")}
      </button>
    </form>
  );
}
