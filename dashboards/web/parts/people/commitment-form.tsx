import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/customers-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { Choice, Field, numberIn, textIn } from "../form.tsx";
import { bodyOf, type FieldSpec, FileForm } from "./file-form.tsx";
import { type Commitment, type MachineFile, type Shown, today } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

const clocks = ["response", "arrival", "resolution", "parts_delivery"] as const;
const priorities = ["emergency", "major", "general", "planned"] as const;
const spare = 2;

const fieldsOf = (isNew: boolean, machines: readonly MachineFile[]): FieldSpec[] => [
  ...(isNew
    ? [{ name: "commitmentId", label: t("commitmentId"), isRequired: true, hint: t("idHint") }]
    : []),
  {
    name: "state",
    label: t("state"),
    kind: "choice",
    words: ["draft", "active", "expired"],
    textOf: (one) => word("commitmentState", one),
    isRequired: true,
  },
  { name: "validFrom", label: t("validFrom"), kind: "day", isRequired: true },
  { name: "validTo", label: t("validTo"), kind: "day", isRequired: true },
  {
    name: "slaProfile",
    label: t("slaProfile"),
    kind: "choice",
    words: ["tiered_3", "standard", "four_by_24", "dealer_2h"],
    textOf: (one) => word("profile", one),
  },
  { name: "stationedEngineerId", label: t("stationedEngineer") },
  { name: "warrantyTerms", label: t("warrantyTerms"), kind: "long" },
  { name: "partsScope", label: t("partsScope"), kind: "long" },
  { name: "standbyMachine", label: t("standbyMachine"), kind: "flag" },
  {
    name: "machineIds",
    label: t("machines"),
    kind: "checks",
    words: machines.map(({ machineId }) => machineId),
  },
];

interface Props {
  readonly customerId: string;
  readonly machines: readonly MachineFile[];
  /** Absent: a new one. */
  readonly commitment?: Shown<Commitment> | undefined;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
}

/** Writes what a customer was promised for his machines. */
export function CommitmentForm({ customerId, machines, commitment, onSaved, onCancel }: Props) {
  const command = useCommand();
  const overrides = commitment?.slaOverrides ?? [];
  const rows = [...overrides, ...Array.from({ length: spare }, () => undefined)];
  const save = async (values: Record<string, unknown>, form: FormData) => {
    const slaOverrides = rows.flatMap((_, index) => overrideIn(form, index));
    const body = bodyOf(commitment, { customerId, ...values, slaOverrides }, ["commitmentId"]);
    const target = commitment
      ? path`/organisation/commitments/${commitment.commitmentId}`
      : "/organisation/commitments";
    if (await command.run(target, body)) onSaved();
  };
  return (
    <FileForm
      fields={fieldsOf(commitment === undefined, machines)}
      values={commitment ?? { state: "active", validFrom: today() }}
      title={commitment ? commitment.commitmentId : t("addCommitment")}
      testid="commitment-form"
      command={command}
      onSave={(values, form) => void save(values, form)}
      onCancel={onCancel}
    >
      <fieldset class="checks">
        <legend>{t("promises")}</legend>
        {rows.map((override, index) => (
          <div key={index} class="pair">
            <Choice
              label={t("clockName")}
              name={`clock-${index}`}
              words={clocks}
              textOf={(one) => word("clock", one)}
              none="–"
              value={override?.clock ?? ""}
            />
            <Choice
              label={t("priorityName")}
              name={`priority-${index}`}
              words={priorities}
              textOf={(one) => word("priority", one)}
              none={t("anyPriority")}
              value={override?.priority ?? ""}
            />
            <Field label={t("minutes")}>
              <input
                name={`minutes-${index}`}
                type="number"
                min={1}
                defaultValue={override?.targetMinutes ?? ""}
              />
            </Field>
          </div>
        ))}
      </fieldset>
    </FileForm>
  );
}

/** One promise; none when its clock or its minutes are empty. */
function overrideIn(form: FormData, index: number): Record<string, unknown>[] {
  const clock = textIn(form, `clock-${index}`);
  const priority = textIn(form, `priority-${index}`);
  const targetMinutes = numberIn(form, `minutes-${index}`);
  if (clock === undefined || targetMinutes === undefined) return [];
  return [{ clock, targetMinutes, ...(priority === undefined ? {} : { priority }) }];
}
