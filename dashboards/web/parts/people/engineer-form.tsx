import { may, path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { wordsOf } from "../../i18n/pages/organisation-texts.ts";
import { texts } from "../../i18n/pages/people-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { Field, textIn } from "../form.tsx";
import { bodyOf, type FieldSpec, FileForm } from "./file-form.tsx";
import type { EngineerView, useNetwork } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

const days = ["1", "2", "3", "4", "5", "6", "7"];
const clock = "([01][0-9]|2[0-4]):[0-5][0-9]";
const personal = ["name", "firstName", "phone", "email"] as const;

function fieldsOf(isNew: boolean, network: ReturnType<typeof useNetwork>): FieldSpec[] {
  const types = { kind: "checks", words: wordsOf("productType") } as const;
  const typeText = (one: string) => word("productType", one);
  return [
    ...(isNew
      ? [{ name: "engineerId", label: t("engineerId"), isRequired: true, hint: t("idHint") }]
      : []),
    ...(may("people.read")
      ? [
          { name: "name", label: t("name"), isRequired: true },
          { name: "firstName", label: t("firstName"), hint: t("firstNameHint") },
          { name: "phone", label: t("phone"), pattern: "[+0-9][0-9 ()\\-]{2,30}" },
          { name: "email", label: t("email"), pattern: "[^@\\s]+@[^@\\s]+" },
        ]
      : []),
    {
      name: "stationId",
      label: t("station"),
      kind: "choice",
      words: network.stationIds,
      textOf: network.stationName,
      isRequired: true,
    },
    {
      name: "level",
      label: t("level"),
      kind: "choice",
      words: wordsOf("level"),
      textOf: (one) => word("level", one),
      isRequired: true,
    },
    {
      name: "employment",
      label: t("employment"),
      kind: "choice",
      words: wordsOf("employment"),
      textOf: (one) => word("employment", one),
      isRequired: true,
    },
    { name: "shiftFrom", label: t("shiftFrom"), isRequired: true, pattern: clock },
    { name: "shiftTo", label: t("shiftTo"), isRequired: true, pattern: clock },
    { name: "optimalLoadHours", label: t("optimalHours"), kind: "number", isRequired: true },
    { name: "maxLoadHours", label: t("maxHours"), kind: "number", isRequired: true },
    { name: "vehicleStockLocationId", label: t("vehicleId") },
    { name: "flyingSquad", label: t("flyingSquad"), kind: "flag" },
    {
      name: "shiftDays",
      label: t("shiftDays"),
      kind: "checks",
      words: days,
      textOf: (one) => word("day", one),
    },
    {
      name: "faultClasses",
      label: t("faultClasses"),
      kind: "checks",
      words: wordsOf("faultClass"),
      textOf: (one) => word("faultClass", one),
    },
    { name: "productTypes", label: t("skills"), ...types, textOf: typeText },
    { name: "specialistFor", label: t("specialist"), ...types, textOf: typeText },
  ];
}

const fresh = {
  level: "intermediate",
  employment: "own",
  shiftFrom: "08:00",
  shiftTo: "18:00",
  optimalLoadHours: 36,
  maxLoadHours: 48,
  shiftDays: days.slice(0, 6),
};

const shownIn = ({ skills, shift, person, ...file }: EngineerView) => ({
  ...file,
  ...skills,
  ...person,
  shiftDays: shift.days,
  shiftFrom: shift.from,
  shiftTo: shift.to,
});

interface Props {
  /** Absent: a new one. */
  readonly engineer?: EngineerView | undefined;
  readonly network: ReturnType<typeof useNetwork>;
  readonly onSaved: (engineerId: string) => void;
  readonly onCancel: () => void;
}

/** Writes the file of an engineer, with a certificate for each machine type. */
export function EngineerForm({ engineer, network, onSaved, onCancel }: Props) {
  const command = useCommand();
  const fields = fieldsOf(engineer === undefined, network);
  const certified = new Map(
    engineer?.certifications.map(({ productType, validUntil }) => [productType, validUntil]),
  );
  const types = [...new Set([...wordsOf("productType"), ...certified.keys()])];
  const save = async (values: Record<string, unknown>, form: FormData) => {
    const body = toBody(engineer, values, certificatesIn(form, types));
    const target = engineer
      ? path`/organisation/engineers/${engineer.engineerId}`
      : "/organisation/engineers";
    const reply = await command.run<EngineerView>(target, body);
    if (reply) onSaved(reply.engineerId);
  };
  return (
    <FileForm
      fields={fields}
      values={engineer ? shownIn(engineer) : fresh}
      title={engineer ? t("change") : t("addEngineer")}
      testid="engineer-form"
      command={command}
      onSave={(values, form) => void save(values, form)}
      onCancel={onCancel}
    >
      <fieldset class="checks">
        <legend>{t("certificates")}</legend>
        <div class="pair">
          {types.map((type) => (
            <Field key={type} label={t("certificateOf", { type: word("productType", type) })}>
              <input type="date" name={`until-${type}`} defaultValue={certified.get(type) ?? ""} />
            </Field>
          ))}
        </div>
      </fieldset>
    </FileForm>
  );
}

const certificatesIn = (form: FormData, types: readonly string[]) =>
  types.flatMap((productType) => {
    const validUntil = textIn(form, `until-${productType}`);
    return validUntil === undefined ? [] : [{ productType, validUntil }];
  });

/** The body that writes an engineer; his name only where the form asked for it. */
function toBody(
  engineer: EngineerView | undefined,
  values: Record<string, unknown>,
  certifications: EngineerView["certifications"],
): Record<string, unknown> {
  const { productTypes, faultClasses, shiftDays, shiftFrom, shiftTo, ...rest } = values;
  const { name, firstName, phone, email, ...file } = rest;
  const { personId: _itsFile, ...before } = engineer?.person ?? { personId: "" };
  const told = Object.entries({ name, firstName, phone, email }).filter(
    ([, value]) => value !== undefined,
  );
  const kept = Object.entries(before).filter(([field]) => !personal.some((one) => one === field));
  return bodyOf(
    engineer,
    {
      ...file,
      skills: { productTypes, faultClasses },
      certifications,
      shift: { days: (shiftDays as string[]).map(Number), from: shiftFrom, to: shiftTo },
      person: name === undefined ? undefined : Object.fromEntries([...kept, ...told]),
    },
    ["engineerId", "name", "person"],
  );
}
