import { useState } from "preact/hooks";
import { me } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/account-texts.ts";
import { useCommand } from "../live/use-command.ts";
import { usePageTitle } from "../page-title.ts";
import { CommandForm, Field } from "../parts/form.tsx";

const { t } = textsOf(texts);
const fields = [
  ["current", "current-password"],
  ["next", "new-password"],
  ["again", "new-password"],
] as const;

/** The own password. */
export function AccountPage() {
  usePageTitle(t("changePassword"));
  const command = useCommand();
  const [state, tell] = useState<"done" | "differ" | undefined>(undefined);

  const change = async (form: FormData) => {
    const [current, next, again] = fields.map(([name]) => String(form.get(name) ?? ""));
    tell(undefined);
    if (next !== again) return tell("differ");
    await command.run("/me/password", { current, next });
    tell("done");
  };
  return (
    <section class="page narrow">
      <h1>{t("changePassword")}</h1>
      <p class="lead">{t("about")}</p>
      {state === "differ" && (
        <p class="problem" role="alert">
          {t("differ")}
        </p>
      )}
      {state === "done" && command.error === undefined && !command.isBusy && (
        <p class="card" role="status" data-testid="password-changed">
          {t("done")}
        </p>
      )}
      <CommandForm
        command={command}
        submit={t("save")}
        testid="password-form"
        onSubmit={(form) => void change(form)}
      >
        <input name="username" autocomplete="username" value={me.value?.username ?? ""} hidden />
        {fields.map(([name, autocomplete]) => (
          <Field key={name} label={t(name)}>
            <input
              name={name}
              type="password"
              autocomplete={autocomplete}
              required
              minLength={name === "current" ? 1 : 12}
              maxLength={200}
            />
          </Field>
        ))}
      </CommandForm>
    </section>
  );
}
