import { useState } from "preact/hooks";
import { post } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/telemetry-texts.ts";
import { useAttempt } from "../../live/use-attempt.ts";
import type { TelemetryExport } from "../../types.ts";
import { Choice, CommandForm, Field, textIn } from "../form.tsx";
import { MachinePicker, type PickedMachine } from "../machine-picker.tsx";
import { SignalChoice } from "./signal-choice.tsx";
import { offsetText, toInput } from "./when.ts";

const { t, word } = textsOf(texts);

const dayMs = 86_400_000;
const formats = ["csv", "parquet"] as const;

const instantIn = (form: FormData, name: string): string =>
  new Date(textIn(form, name) ?? "").toISOString();

/** Which samples are wanted as a file. */
export function ExportForm({ onStarted }: { readonly onStarted: () => void }) {
  const [machines, choose] = useState<readonly PickedMachine[]>([]);
  const [isSome, limit] = useState(false);
  const [missing, miss] = useState<"noMachine" | "noSignal" | undefined>(undefined);
  const [nowMs] = useState(Date.now);
  const command = useAttempt();
  const pick = (picked: readonly PickedMachine[]) => {
    choose(picked);
    miss(undefined);
  };
  const start = async (form: FormData) => {
    const signals = [...new Set(form.getAll("signal"))];
    const lacks =
      machines.length === 0 ? "noMachine" : isSome && signals.length === 0 ? "noSignal" : undefined;
    miss(lacks);
    if (lacks !== undefined) return;
    const started = await command.attempt(() =>
      post<TelemetryExport>("/telemetry-exports", {
        machineIds: machines.map(({ machineId }) => machineId),
        ...(isSome ? { signals } : {}),
        from: instantIn(form, "from"),
        to: instantIn(form, "to"),
        format: textIn(form, "format"),
      }),
    );
    if (started) onStarted();
  };
  return (
    <section class="card" data-testid="export-new">
      <h2>{t("newExport")}</h2>
      <CommandForm
        command={command}
        submit={t("start")}
        submitTestid="export-start"
        onSubmit={(form) => void start(form)}
      >
        <MachinePicker label={t("machines")} chosen={machines} onChange={pick} />
        <Choice
          label={t("signals")}
          name="signals"
          words={["all", "some"]}
          textOf={(one) => word("signals", one)}
          value={isSome ? "some" : "all"}
          onChange={(one) => {
            limit(one === "some");
            miss(undefined);
          }}
        />
        {isSome && <SignalChoice machines={machines} />}
        <div class="pair">
          {(["from", "to"] as const).map((one) => (
            <Field key={one} label={t(one)}>
              <input
                type="datetime-local"
                name={one}
                required
                min="2000-01-01T00:00"
                max="2099-12-31T23:59"
                defaultValue={toInput(one === "from" ? nowMs - dayMs : nowMs)}
              />
            </Field>
          ))}
          <Choice
            label={t("format")}
            name="format"
            words={formats}
            textOf={(one) => word("format", one)}
          />
        </div>
        <p class="lead">{t("yourZone", { zone: `UTC${offsetText()}` })}</p>
        {missing && (
          <p class="problem" role="alert">
            {t(missing)}
          </p>
        )}
      </CommandForm>
    </section>
  );
}
