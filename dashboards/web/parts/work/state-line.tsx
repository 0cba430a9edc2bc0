import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import {
  line,
  refusedSteps,
  storageProblem,
  syncedAt,
  syncSoon,
  waitingPhotos,
  waitingSteps,
} from "../../field/field-desk.ts";
import { orderProblems } from "../../field/field-line.ts";
import { opensOffline } from "../../field/install-worker.ts";
import { lineText } from "../../field/line-text.ts";
import { wantsLogin } from "../../field/remembered-me.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-texts.ts";

const { t } = textsOf(texts);

/** Follows what the browser thinks of its line. */
function useOnline(): boolean {
  const isOnline = useSignal(navigator.onLine);
  useEffect(() => {
    const read = () => {
      isOnline.value = navigator.onLine;
    };
    addEventListener("online", read);
    addEventListener("offline", read);
    return () => {
      removeEventListener("online", read);
      removeEventListener("offline", read);
    };
  }, []);
  return isOnline.value;
}

/** In one line: is there a line, what waits, when was all sent. */
export function StateLine() {
  const isOnline = useOnline();
  const { isBusy, trouble } = line.value;
  const isLoginGone = isOnline && trouble === "login";
  const { tone, text } = lineText(
    {
      isOnline: isOnline && (isBusy || trouble !== "unreachable"),
      isBusy,
      steps: waitingSteps.value.length,
      photos: waitingPhotos.value.length,
      syncedAt: syncedAt.value,
    },
    language.value,
  );
  return (
    <div class="field-state" role="status" data-testid="field-state" data-tone={tone}>
      <div class={`field-line ${tone}`}>
        <i class="dot" aria-hidden="true" />
        <b>{text}</b>
        <button type="button" disabled={isBusy || !isOnline} onClick={() => void syncSoon()}>
          {t("sendNow")}
        </button>
      </div>
      {isLoginGone && (
        <p class="problem" data-testid="login-gone">
          {t("mustLogIn")}{" "}
          <button
            type="button"
            class="strong"
            onClick={() => {
              wantsLogin.value = true;
            }}
          >
            {t("logIn")}
          </button>
        </p>
      )}
      {isOnline && trouble === "server" && <p class="problem">{t("serverTrouble")}</p>}
      {orderProblems.value.length > 0 && (
        <p class="problem" data-testid="order-problem">
          {t("orderProblem", {
            tickets: orderProblems.value.join(language.value === "en" ? ", " : "、"),
          })}
        </p>
      )}
      {storageProblem.value && (
        <p class="problem" role="alert">
          {t(storageProblem.value)}
        </p>
      )}
      {refusedSteps.value.length > 0 && (
        <p class="problem" data-testid="attention">
          {t("attention", { count: refusedSteps.value.length })}
        </p>
      )}
      {opensOffline.value === false && <p class="faint">{t("noOffline")}</p>}
      {opensOffline.value === true && (
        <p class="faint" data-testid="opens-offline">
          {t("ready")}
        </p>
      )}
    </div>
  );
}
