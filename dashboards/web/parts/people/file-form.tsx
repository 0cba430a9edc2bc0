import type { ComponentChildren } from "preact";
import { textsOf } from "../../i18n/language.ts";
import { texts as organisationTexts } from "../../i18n/pages/organisation-texts.ts";
import type { Command } from "../../live/use-command.ts";
import { Choice, CommandForm, Field, numberIn, textIn } from "../form.tsx";

const { t } = textsOf(organisationTexts);

/** One field of a file: how it is asked for. */
export interface FieldSpec {
  readonly name: string;
  readonly label: string;
  readonly kind?: "text" | "number" | "day" | "choice" | "flag" | "checks" | "long";
  readonly words?: readonly string[];
  readonly textOf?: (word: string) => string;
  readonly isRequired?: boolean;
  readonly hint?: string;
  readonly pattern?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** What the fields of a form say: undefined for what was left empty. */
export function valuesIn(form: FormData, fields: readonly FieldSpec[]): Record<string, unknown> {
  const read = ({ name, kind }: FieldSpec): unknown => {
    if (kind === "flag") return form.has(name);
    if (kind === "checks") return form.getAll(name).map(String);
    return kind === "number" ? numberIn(form, name) : textIn(form, name);
  };
  return Object.fromEntries(fields.map((field) => [field.name, read(field)]));
}

interface Props {
  readonly fields: readonly FieldSpec[];
  readonly values: Values;
  readonly title: string;
  readonly testid: string;
  readonly command: Command;
  readonly onSave: (values: Record<string, unknown>, form: FormData) => void;
  readonly onCancel: () => void;
  readonly children?: ComponentChildren;
}

/** A card that writes one file. */
export function FileForm(props: Props) {
  const { fields, values, title, testid, command, onSave, onCancel, children } = props;
  return (
    <section class="card">
      <h2>{title}</h2>
      <CommandForm
        command={command}
        submit={t("save")}
        testid={testid}
        onSubmit={(form) => onSave(valuesIn(form, fields), form)}
        onCancel={onCancel}
      >
        <div class="pair">
          {fields.map((field) => (
            <FileField key={field.name} field={field} value={values[field.name]} />
          ))}
        </div>
        {children}
      </CommandForm>
    </section>
  );
}

function FileField({ field, value }: { field: FieldSpec; value: unknown }) {
  const { name, label, kind = "text", words = [], textOf = (one) => one, isRequired, hint } = field;
  if (kind === "choice")
    return (
      <Choice
        label={label}
        name={name}
        words={words}
        textOf={textOf}
        isRequired={isRequired === true}
        {...(isRequired && value !== undefined ? {} : { none: "–" })}
        {...(value === undefined ? {} : { value: String(value) })}
      />
    );
  if (kind === "flag")
    return (
      <label class="check">
        <input type="checkbox" name={name} defaultChecked={value === true} /> <span>{label}</span>
      </label>
    );
  if (kind === "checks")
    return <Checks name={name} label={label} words={words} textOf={textOf} chosen={value} />;
  const text = value === undefined ? "" : String(value);
  const common = { name, required: isRequired === true, defaultValue: text };
  return (
    <Field label={label} hint={hint}>
      {kind === "long" && <textarea {...common} rows={2} maxLength={4000} />}
      {kind === "day" && <input {...common} type="date" />}
      {kind === "number" && <input {...common} type="number" step="any" min={0} />}
      {kind === "text" && (
        <input
          {...common}
          maxLength={200}
          {...(field.pattern === undefined ? {} : { pattern: field.pattern })}
        />
      )}
    </Field>
  );
}

interface ChecksProps {
  readonly name: string;
  readonly label: string;
  readonly words: readonly string[];
  readonly textOf: (word: string) => string;
  readonly chosen: unknown;
}

/** Any number of words of a vocabulary. */
export function Checks({ name, label, words, textOf, chosen }: ChecksProps) {
  const given = Array.isArray(chosen) ? chosen.map(String) : [];
  const all = [...new Set([...words, ...given])];
  return (
    <fieldset class="checks">
      <legend>{label}</legend>
      {all.map((one) => (
        <label key={one} class="check">
          <input type="checkbox" name={name} value={one} defaultChecked={given.includes(one)} />{" "}
          <span>{textOf(one)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The body that writes a file: what it was, without what has commands of its own, and what the form says now. */
export function bodyOf(
  file: Values | undefined,
  values: Values,
  without: readonly string[],
): Record<string, unknown> {
  const kept = Object.entries(file ?? {}).filter(([name]) => !without.includes(name));
  const all = { ...Object.fromEntries(kept), ...values };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
