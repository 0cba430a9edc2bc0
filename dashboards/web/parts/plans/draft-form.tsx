import { useSignal } from "@preact/signals";
import { me } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/plans-texts.ts";
import { serverNowMs } from "../../live/now.ts";
import { useCommand } from "../../live/use-command.ts";
import { goTo } from "../../router.ts";
import { Choice, CommandForm, Field, numberIn, textIn } from "../form.tsx";
import { monthAfter, owns, type PartsPlan, periodOf, planTypes } from "./plan-data.ts";
import { useRegions } from "./use-names.ts";

const { t, word } = textsOf(texts);

/** The month-end run: drafts the plan of a month, and opens it. */
export function DraftForm() {
  const command = useCommand();
  const regions = useRegions();
  const who = me.value;
  const isMine = (planType: PartsPlan["planType"], regionId: string) =>
    who ? owns(who, { planType, regionId }) : false;
  const own = who?.regionId;
  const types = planTypes.filter((type) => isMine(type, own ?? ""));
  const chosen = useSignal<string>(types[0] ?? "non_core");
  const lines = useSignal(1);
  const isEmergency = chosen.value === "emergency";
  const submit = async (form: FormData) => {
    const rows = Array.from({ length: lines.value }, (_, row) => ({
      partNo: textIn(form, `partNo-${row}`),
      quantity: numberIn(form, `quantity-${row}`),
    })).filter(({ partNo, quantity }) => partNo !== undefined && quantity !== undefined);
    const plan = await command.run<PartsPlan>("/parts-plans", {
      planType: chosen.value,
      regionId: textIn(form, "region") ?? "",
      period: periodOf(textIn(form, "month") ?? monthAfter(serverNowMs.peek())),
      ...(isEmergency ? { emergency: rows } : {}),
    });
    if (plan) goTo(`/plans/${encodeURIComponent(plan.planId)}`);
  };
  return (
    <section class="card">
      <h2>{t("run")}</h2>
      <p class="lead">{t("runAbout")}</p>
      <CommandForm
        command={command}
        submit={t("draft")}
        testid="draft-form"
        onSubmit={(form) => void submit(form)}
      >
        <div class="pair">
          <Choice
            label={t("type")}
            name="type"
            words={types}
            textOf={(type) => word("planType", type)}
            value={chosen.value}
            onChange={(type) => {
              chosen.value = type;
            }}
          />
          <Choice
            label={t("region")}
            name="region"
            words={own === undefined ? regions.list.map(({ regionId }) => regionId) : [own]}
            textOf={regions.nameOf}
            {...(own === undefined ? { none: t("headquarters") } : {})}
          />
          <Field label={t("month")}>
            <input
              name="month"
              type="month"
              required
              pattern="\d{4}-\d{2}"
              defaultValue={monthAfter(serverNowMs.peek())}
            />
          </Field>
        </div>
        {isEmergency &&
          Array.from({ length: lines.value }, (_, row) => (
            <div key={row} class="pair">
              <Field label={t("partNo")}>
                <input name={`partNo-${row}`} maxLength={100} required={row === 0} />
              </Field>
              <Field label={t("pieces")}>
                <input name={`quantity-${row}`} type="number" min={1} required={row === 0} />
              </Field>
            </div>
          ))}
        {isEmergency && (
          <p>
            <button
              type="button"
              class="quiet"
              onClick={() => {
                lines.value += 1;
              }}
            >
              {t("addLine")}
            </button>
          </p>
        )}
      </CommandForm>
    </section>
  );
}
