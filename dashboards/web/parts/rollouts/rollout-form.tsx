import { useRef, useState } from "preact/hooks";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/rollouts-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { CommandForm, Field, numberIn, textIn } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { ProblemList } from "./problem-list.tsx";
import type { TextProblem } from "./rollout-types.ts";

const { t } = textsOf(texts);

/** A new roll-out from a pasted text or a file; it is checked first, and its mistakes shown with their places. */
export function RolloutForm({ onMade }: { readonly onMade: () => void }) {
  const command = useCommand();
  const checking = useCommand();
  const [problems, show] = useState<readonly TextProblem[] | undefined>();
  const area = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLDetailsElement>(null);

  const check = async (): Promise<boolean> => {
    const text = area.current?.value ?? "";
    if (text.trim() === "") return false;
    const found = await checking.run<{ problems: TextProblem[] }>("/rollouts/check", { text });
    show(found?.problems);
    return found?.problems.length === 0;
  };
  const start = async (given: FormData) => {
    if (!(await check())) return;
    const soak = numberIn(given, "soak");
    const canaryCount = numberIn(given, "canaries");
    const plan = textIn(given, "plan");
    const gateways = textIn(given, "gateways")?.split(/[\s,]+/);
    const made = await command.done("/rollouts", {
      title: textIn(given, "title") ?? "",
      text: area.current?.value ?? "",
      ...(plan === undefined ? {} : { plan }),
      ...(gateways === undefined ? {} : { gateways }),
      settings: {
        ...(soak === undefined ? {} : { soakMs: Math.round(soak * 60_000) }),
        ...(canaryCount === undefined ? {} : { canaryCount }),
      },
    });
    if (!made) return;
    if (form.current) form.current.open = false;
    show(undefined);
    onMade();
  };
  const read = async (file: File | undefined) => {
    if (file === undefined || area.current === null) return;
    area.current.value = await file.text();
    await check();
  };
  return (
    <details class="card" data-testid="rollout-new" ref={form}>
      <summary>{t("new")}</summary>
      <CommandForm
        command={command}
        submit={t("start")}
        submitTestid="rollout-start"
        onSubmit={(given) => void start(given)}
      >
        <Field label={t("name")}>
          <input name="title" required maxLength={200} />
        </Field>
        <Field label={t("text")}>
          <textarea name="text" class="code" rows={12} required ref={area} spellcheck={false} />
        </Field>
        <Field label={t("file")}>
          <input
            type="file"
            accept=".yaml,.yml"
            data-testid="rollout-file"
            onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
          />
        </Field>
        <p>
          <button type="button" data-testid="rollout-check" onClick={() => void check()}>
            {t("check")}
          </button>
        </p>
        <Problem error={checking.error} />
        {problems?.length === 0 && <p role="status">{t("noMistakes")}</p>}
        <ProblemList problems={problems ?? []} />
        <Field label={t("plan")}>
          <input name="plan" />
        </Field>
        <Field label={t("gateways")}>
          <input name="gateways" />
        </Field>
        <Field label={t("canaries")} hint={t("canariesHint")}>
          <input name="canaries" type="number" min={1} />
        </Field>
        <Field label={t("soak")}>
          <input name="soak" type="number" min={0} defaultValue="30" />
        </Field>
      </CommandForm>
    </details>
  );
}
