import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { bodyOf, type FieldSpec, FileForm } from "../people/file-form.tsx";
import { categories, type PartView } from "./stock-data.ts";

const { t, word } = textsOf(texts);
/** What the interface works out by itself, and what the address says already. */
const derived = ["partNo", "planningPolicy", "planClass", "stockingEchelon", "onHand", "reserved"];
const flags = ["isRepairable", "isWearPart", "onWearList"] as const;
const origins = ["imported", "outsourced"] as const;
const difficulties = ["low", "medium", "high"];

const fieldsOf = (isNew: boolean): FieldSpec[] => [
  ...(isNew ? [{ name: "partNo", label: t("partNo"), isRequired: true }] : []),
  { name: "nameZh", label: t("nameZh"), isRequired: true },
  { name: "nameEn", label: t("nameEn"), isRequired: true },
  { name: "spec", label: t("spec") },
  {
    name: "category",
    label: t("category"),
    kind: "choice",
    words: categories,
    textOf: (one) => word("category", one),
    isRequired: true,
  },
  { name: "price", label: t("priceYuan"), kind: "number", isRequired: true },
  { name: "leadTimeDays", label: t("leadTimeDays"), kind: "number", isRequired: true },
  { name: "abcClass", label: t("abc"), kind: "choice", words: ["A", "B", "C"] },
  ...(["repairDifficulty", "replacementDifficulty"] as const).map(
    (name): FieldSpec => ({
      name,
      label: t(name),
      kind: "choice",
      words: difficulties,
      textOf: (one) => word("difficulty", one),
    }),
  ),
  { name: "alternates", label: t("alternates"), hint: t("alternatesHint") },
  { name: "discontinued", label: t("discontinuedOn"), kind: "day" },
  ...origins.map((name): FieldSpec => ({ name, label: word("origin", name), kind: "flag" })),
  ...flags.map((name): FieldSpec => ({ name, label: t(name), kind: "flag" })),
];

/** What the form says of a part, as the interface takes it; an empty field takes the fact away. Pure. */
export function partBody(
  part: Partial<PartView>,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { nameZh, nameEn, price, alternates = "", discontinued, ...facts } = values;
  const numbers = String(alternates)
    .split(/[\s,，、;；]+/)
    .filter((one) => one !== "");
  const day = part.discontinuedAt?.slice(0, 10);
  const ended =
    discontinued === day ? part.discontinuedAt : discontinued && `${discontinued}T00:00:00.000Z`;
  return bodyOf(
    part,
    {
      ...facts,
      name: { en: nameEn, "zh-CN": nameZh },
      unitPriceFen: Math.round(Number(price ?? 0) * 100),
      alternates: numbers.length > 0 ? numbers : undefined,
      discontinuedAt: ended,
    },
    derived.filter((name) => name !== "partNo" || part.partNo !== undefined),
  );
}

interface Props {
  /** Absent: a new one. */
  readonly part?: PartView | undefined;
  readonly onSaved: (partNo: string) => void;
  readonly onCancel: () => void;
}

/** Writes a part of the master. */
export function PartForm({ part, onSaved, onCancel }: Props) {
  const command = useCommand();
  const save = async (values: Record<string, unknown>) => {
    const target = part ? path`/parts/${part.partNo}` : "/parts";
    const saved = await command.run<PartView>(target, partBody(part ?? {}, values));
    if (saved) onSaved(saved.partNo);
  };
  const values = {
    ...part,
    nameZh: part?.name["zh-CN"],
    nameEn: part?.name.en,
    price: part && part.unitPriceFen / 100,
    alternates: part?.alternates?.join(" "),
    discontinued: part?.discontinuedAt?.slice(0, 10),
  };
  return (
    <FileForm
      fields={fieldsOf(part === undefined)}
      values={values}
      title={t(part ? "changePart" : "addPart")}
      testid="part-form"
      command={command}
      onSave={(given) => void save(given)}
      onCancel={onCancel}
    />
  );
}
