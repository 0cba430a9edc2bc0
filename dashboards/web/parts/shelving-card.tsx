import { useState } from "preact/hooks";
import { ApiError, may, path, post, remove } from "../api-client.ts";
import { whenText } from "../gateway-text.ts";
import { inLanguage, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/shelving-texts.ts";
import { useResource } from "../live/use-resource.ts";
import type { ActiveFinding, Shelved } from "../types.ts";
import { CommandForm, Field, numberIn, textIn } from "./form.tsx";
import { Problem } from "./problem.tsx";

const { t } = textsOf(texts);

/** What is found on a machine now, what people have set aside of it, and the means to do so. */
export function ShelvingCard({ machineId }: { readonly machineId: string }) {
  const shelved = useResource<Shelved>(path`/machines/${machineId}/shelved`, 10_000);
  const [error, setError] = useState<ApiError>();
  const { items = [], active = [] } = shelved.data ?? {};
  if (shelved.data === undefined) return <Problem error={shelved.error} />;
  if (items.length === 0 && active.length === 0) return null;
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    setError(undefined);
    let isDone = true;
    try {
      await work();
    } catch (problem) {
      isDone = false;
      setError(problem instanceof ApiError ? problem : new ApiError("UNREACHABLE", 0));
    }
    shelved.reload();
    return isDone;
  };
  const url = path`/machines/${machineId}/shelved`;
  return (
    <section class="card" data-testid="shelving">
      {active.length > 0 && <h2>{t("findings")}</h2>}
      <Problem error={error ?? shelved.error} />
      <ul class="found-list">
        {active.map((found) => (
          <Found
            key={found.findingId}
            found={found}
            onShelve={(wanted) => attempt(() => post(url, wanted))}
            onReset={() =>
              attempt(() =>
                post(path`/machines/${machineId}/findings/${found.findingId}/reset`, {}),
              )
            }
          />
        ))}
      </ul>
      {items.length > 0 && <h2>{t("shelved")}</h2>}
      <ul class="found-list">
        {items.map(({ shelfId, ruleId, title, until, by, reason }) => (
          <li key={shelfId} data-shelf={shelfId}>
            <b>{inLanguage(title)}</b> <span class="id">{ruleId}</span>{" "}
            {t("until", { at: whenText(until), by, reason })}{" "}
            {may("tickets.dispatch") && (
              <button
                type="button"
                class="quiet"
                data-testid="unshelve"
                onClick={() =>
                  void attempt(() => remove(path`/machines/${machineId}/shelved/${shelfId}`))
                }
              >
                {t("end")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Found({
  found,
  onShelve,
  onReset,
}: {
  readonly found: ActiveFinding;
  readonly onShelve: (wanted: object) => Promise<boolean>;
  readonly onReset: () => Promise<boolean>;
}) {
  const { ruleId, failureMode, subject, title, since, isSafety, isShelved, isLatched } = found;
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const send = async (form: FormData) => {
    setBusy(true);
    const asked = { hours: numberIn(form, "hours"), reason: textIn(form, "reason") };
    const isDone = await onShelve({ ruleId, failureMode, subject, ...asked });
    setBusy(false);
    // What was refused keeps its words: the reason need not be typed again.
    setAsking(!isDone);
  };
  const mayShelve = may("tickets.dispatch") && !isSafety && !isShelved;
  return (
    <li data-rule={ruleId}>
      <b>{inLanguage(title)}</b> <span class="id">{ruleId}</span>{" "}
      <span class="faint">
        {t("since", { at: whenText(since) })}
        {isSafety && ` · ${t("safety")}`}
        {isLatched && ` · ${t("latched")}`}
      </span>{" "}
      {isLatched && may("tickets.dispatch") && <Reset onReset={onReset} />}
      {mayShelve && !isAsking && (
        <button type="button" class="quiet" data-testid="shelve" onClick={() => setAsking(true)}>
          {t("shelve")}
        </button>
      )}
      {isAsking && (
        <CommandForm
          command={{ isBusy, error: undefined }}
          submit={t("shelve")}
          onSubmit={(form) => void send(form)}
          onCancel={() => setAsking(false)}
        >
          <p class="faint">{t("about")}</p>
          <Field label={t("hours")}>
            <input name="hours" type="number" min={1} max={72} defaultValue="8" required />
          </Field>
          <Field label={t("reason")}>
            <input name="reason" minLength={3} maxLength={500} required />
          </Field>
        </CommandForm>
      )}
    </li>
  );
}

/** What was reset stays until the rules have heard of it. */
function Reset({ onReset }: { readonly onReset: () => Promise<boolean> }) {
  const [isNoted, setNoted] = useState(false);
  if (isNoted) return <span class="faint">{t("resetNoted")}</span>;
  return (
    <button
      type="button"
      class="quiet"
      data-testid="reset"
      onClick={() => void onReset().then(setNoted)}
    >
      {t("reset")}
    </button>
  );
}
