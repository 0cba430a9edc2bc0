import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { wordsOf } from "../../i18n/pages/organisation-texts.ts";
import { texts } from "../../i18n/pages/regions-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { bodyOf, type FieldSpec, FileForm } from "./file-form.tsx";
import type { Region, Shown, Station, useNetwork } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

export type Edited =
  | { readonly kind: "regions"; readonly file?: Shown<Region> }
  | { readonly kind: "stations"; readonly file?: Shown<Station> };

const choice = (
  name: string,
  label: string,
  vocabulary: string,
  isRequired: boolean,
): FieldSpec => ({
  name,
  label,
  kind: "choice",
  words: wordsOf(vocabulary),
  textOf: (one) => word(vocabulary, one),
  isRequired,
});

const names = (): FieldSpec[] => [
  { name: "zh-CN", label: t("nameZh"), isRequired: true },
  { name: "en", label: t("nameEn"), isRequired: true },
];

function fieldsOf({ kind, file }: Edited, network: ReturnType<typeof useNetwork>): FieldSpec[] {
  const isNew = file === undefined;
  const id = kind === "regions" ? "regionId" : "stationId";
  const regions = { kind: "choice", words: network.regionIds, textOf: network.regionName } as const;
  const first = isNew ? [{ name: id, label: t(id), isRequired: true, hint: t("idHint") }] : [];
  if (kind === "regions")
    return [
      ...first,
      ...names(),
      { name: "parentId", label: t("parent"), ...regions },
      choice("marketStage", t("stage"), "marketStage", false),
      { name: "areaKm2", label: t("area"), kind: "number" },
      { name: "zone", label: t("zone"), pattern: "[A-Za-z_]+(/[A-Za-z_+\\-0-9]+)*" },
    ];
  return [
    ...first,
    ...names(),
    { name: "regionId", label: t("region"), ...regions, isRequired: true },
    choice("kind", t("stationKind"), "stationKind", true),
    choice("status", t("state"), "active", true),
    { name: "stockLocationId", label: t("stockLocation"), isRequired: true },
    { name: "managerId", label: t("manager") },
  ];
}

interface Props {
  readonly edited: Edited;
  readonly network: ReturnType<typeof useNetwork>;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
}

/** Writes a region or a station. */
export function NetworkForm({ edited, network, onSaved, onCancel }: Props) {
  const command = useCommand();
  const { kind, file } = edited;
  const id = kind === "regions" ? "regionId" : "stationId";
  const fileId =
    file === undefined ? undefined : String((file as unknown as Record<string, unknown>)[id]);
  const save = async ({ en, "zh-CN": zh, ...values }: Record<string, unknown>) => {
    const own =
      kind === "stations" && fileId !== undefined ? ["stationId"] : fileId ? ["regionId"] : [];
    const body = bodyOf(file, { ...values, name: { en, "zh-CN": zh } }, own);
    const target =
      fileId === undefined ? `/organisation/${kind}` : path`/organisation/${kind}/${fileId}`;
    if (await command.run(target, body)) onSaved();
  };
  return (
    <FileForm
      fields={fieldsOf(edited, network)}
      values={file ? { ...file, ...file.name } : { kind: "own", status: "active" }}
      title={fileId ?? t(kind === "regions" ? "addRegion" : "addStation")}
      testid="network-form"
      command={command}
      onSave={(values) => void save(values)}
      onCancel={onCancel}
    />
  );
}
