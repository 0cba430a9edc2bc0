import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../api-client.ts";
import { t } from "../i18n/language.ts";
import { Forest } from "../parts/forest.tsx";
import { LanguageSwitch } from "../parts/language-switch.tsx";
import { Problem } from "../parts/problem.tsx";
import { isLogOutUnheard, logIn as openSession } from "../session.ts";

export function LoginPage() {
  const error = useSignal<ApiError | undefined>(undefined);
  const isBusy = useSignal(false);
  const userName = useRef<HTMLInputElement>(null);
  useEffect(() => userName.current?.focus(), []);

  const logIn = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const form = new FormData(event.currentTarget);
    isBusy.value = true;
    error.value = undefined;
    try {
      await openSession(form.get("username"), form.get("password"));
    } catch (problem) {
      error.value = problem instanceof ApiError ? problem : new ApiError("UNREACHABLE", 0);
    } finally {
      isBusy.value = false;
    }
  };

  return (
    <main class="login">
      <div class="login-side" aria-hidden="true">
        <Forest />
      </div>
      <form class="login-form" data-testid="login" onSubmit={(event) => void logIn(event)}>
        <h1>{t("product")}</h1>
        <p class="claim">{t("claim")}</p>
        {isLogOutUnheard.value && (
          <p class="problem" role="status" data-testid="log-out-unheard">
            {t("logOutUnheard")}
          </p>
        )}
        <label>
          <span>{t("userName")}</span>
          <input
            ref={userName}
            name="username"
            autocomplete="username"
            autocapitalize="none"
            required
            maxLength={100}
          />
        </label>
        <label>
          <span>{t("password")}</span>
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            maxLength={200}
          />
        </label>
        <Problem error={error.value} />
        <button type="submit" class="strong" disabled={isBusy.value}>
          {t("logIn")}
        </button>
        <LanguageSwitch />
      </form>
    </main>
  );
}
