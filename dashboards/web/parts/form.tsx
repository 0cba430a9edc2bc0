import type { ComponentChildren } from "preact";
import { t } from "../i18n/language.ts";
import type { Command } from "../live/use-command.ts";
import { Problem } from "./problem.tsx";

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly children: ComponentChildren;
}

/** A labelled input; what it expects stands below it. */
export function Field({ label, hint, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label class="field">
      <span>{label}</span>
      {children}
      {hint !== undefined && <small class="faint">{hint}</small>}
    </label>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly textOf: (word: string) => string;
  /** Text of the empty choice; without it the first word is chosen. */
  readonly none?: string;
  /** With `onChange` what is chosen, which whoever listens keeps; without it what is chosen at first. */
  readonly value?: string;
  readonly isRequired?: boolean;
  readonly onChange?: (value: string) => void;
}

/** One word of a vocabulary. */
export function Choice(props: ChoiceProps) {
  const { label, name, words, textOf, none, value, isRequired = false, onChange } = props;
  // As `value` it would take back what somebody has chosen, whenever the page is drawn anew.
  const first = onChange === undefined ? value : undefined;
  const isFirst = (word: string) => (first === undefined ? undefined : word === first);
  return (
    <Field label={label}>
      <select
        name={name}
        required={isRequired}
        {...(value === undefined || onChange === undefined ? {} : { value })}
        onChange={(event) => onChange?.(event.currentTarget.value)}
      >
        {none !== undefined && (
          <option value="" selected={isFirst("")}>
            {none}
          </option>
        )}
        {words.map((word) => (
          <option key={word} value={word} selected={isFirst(word)}>
            {textOf(word)}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface CommandFormProps {
  readonly command: Pick<Command, "isBusy" | "error">;
  readonly submit: string;
  readonly testid?: string;
  /** Of the button that sends it. */
  readonly submitTestid?: string;
  readonly onSubmit: (form: FormData) => void;
  readonly onCancel?: () => void;
  readonly children: ComponentChildren;
}

/** A form that gives one order: busy while it is under way, and it says what went wrong. */
export function CommandForm(props: CommandFormProps) {
  const { command, submit, testid, submitTestid, onSubmit, onCancel, children } = props;
  return (
    <form
      class="command-form"
      data-testid={testid}
      onSubmit={(event) => {
        event.preventDefault();
        if (event.currentTarget instanceof HTMLFormElement)
          onSubmit(new FormData(event.currentTarget));
      }}
    >
      {children}
      <Problem error={command.error} />
      <div class="buttons">
        <button type="submit" class="strong" data-testid={submitTestid} disabled={command.isBusy}>
          {submit}
        </button>
        {onCancel && (
          <button type="button" onClick={onCancel}>
            {t("cancel")}
          </button>
        )}
      </div>
    </form>
  );
}

/** The text of a field without the spaces around it; undefined when it is empty or absent. */
export function textIn(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** The number in a field; undefined when it is empty or no number. */
export function numberIn(form: FormData, name: string): number | undefined {
  const text = textIn(form, name);
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
