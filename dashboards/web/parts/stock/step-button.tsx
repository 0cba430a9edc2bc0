import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { CommandForm } from "../form.tsx";
import { Problem } from "../problem.tsx";

const { t } = textsOf(texts);

type StepName =
  | "approve"
  | "pick"
  | "send"
  | "receive"
  | "return"
  | "return-old-part"
  | "source"
  | "ready"
  | "close";

interface StepButtonProps {
  readonly step: StepName;
  readonly target: string;
  readonly isStrong?: boolean;
  readonly onDone: () => void;
}

/** One order that needs nothing but the click; what went wrong stands below it. */
export function StepButton({ step, target, isStrong = true, onDone }: StepButtonProps) {
  const command = useCommand();
  const run = async () => {
    await command.run(target);
    onDone();
  };
  return (
    <>
      <button
        type="button"
        class={isStrong ? "strong" : undefined}
        data-testid={`step-${step}`}
        disabled={command.isBusy}
        onClick={() => void run()}
      >
        {t(`step.${step}`)}
      </button>
      <Problem error={command.error} />
    </>
  );
}

type FormName = "lose" | "cancel" | "consume" | "commit" | "hand-out" | "refuse";

interface StepFormProps {
  readonly step: FormName;
  readonly target: string;
  readonly isStrong?: boolean;
  readonly bodyOf: (form: FormData) => object;
  readonly onDone: () => void;
  readonly children: ComponentChildren;
}

/** One order that needs a word first: the button opens its form in place. */
export function StepForm(props: StepFormProps) {
  const { step, target, isStrong = false, bodyOf, onDone, children } = props;
  const isOpen = useSignal(false);
  const command = useCommand();
  const submit = async (form: FormData) => {
    const reply = await command.run(target, bodyOf(form));
    if (reply === undefined) return;
    isOpen.value = false;
    onDone();
  };
  if (!isOpen.value)
    return (
      <button
        type="button"
        class={isStrong ? "strong" : "quiet"}
        data-testid={`step-${step}`}
        onClick={() => {
          isOpen.value = true;
        }}
      >
        {t(`step.${step}`)}
      </button>
    );
  return (
    <CommandForm
      command={command}
      submit={t(`confirm.${step}`)}
      testid={`${step}-form`}
      onSubmit={(form) => void submit(form)}
      onCancel={() => {
        isOpen.value = false;
      }}
    >
      {children}
    </CommandForm>
  );
}
