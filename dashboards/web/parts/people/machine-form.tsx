import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/machine-files-texts.ts";
import { wordsOf } from "../../i18n/pages/organisation-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { bodyOf, type FieldSpec, FileForm } from "./file-form.tsx";
import type { MachineFile, Shown, useNetwork } from "./organisation-data.ts";
import { peaksToText, textToPeaks } from "./peak-list.tsx";

const { t, word } = textsOf(texts);

const fieldsOf = (isNew: boolean, network: ReturnType<typeof useNetwork>): FieldSpec[] => [
  ...(isNew
    ? [
        {
          name: "machineId",
          label: t("machineId"),
          isRequired: true,
          hint: t("machineIdHint"),
          pattern: "[^\\s\\/+#]([^\\/+#]*[^\\s\\/+#])?",
        },
      ]
    : []),
  { name: "serialNumber", label: t("serialNumber"), isRequired: true },
  {
    name: "productType",
    label: t("productType"),
    kind: "choice",
    words: wordsOf("productType"),
    textOf: (one) => word("productType", one),
    isRequired: true,
  },
  { name: "model", label: t("model") },
  { name: "planId", label: t("planId") },
  {
    name: "regionId",
    label: t("region"),
    kind: "choice",
    words: network.regionIds,
    textOf: network.regionName,
    isRequired: true,
  },
  {
    name: "stationId",
    label: t("station"),
    kind: "choice",
    words: network.stationIds,
    textOf: network.stationName,
  },
  ...(isNew
    ? [
        { name: "customerId", label: t("customerNumber") },
        { name: "siteId", label: t("siteNumber") },
        {
          name: "state",
          label: t("state"),
          kind: "choice" as const,
          words: wordsOf("machineState"),
          textOf: (one: string) => word("machineState", one),
          isRequired: true,
        },
      ]
    : []),
  { name: "gatewayId", label: t("gateway") },
  { name: "responsibleEngineerId", label: t("responsible") },
  { name: "soldAt", label: t("soldAt"), kind: "day" },
  { name: "handoverAt", label: t("handoverAt"), kind: "day" },
  { name: "warrantyEndsAt", label: t("warranty"), kind: "day" },
  { name: "plannedRetirementAt", label: t("plannedRetirementAt"), kind: "day" },
  { name: "peaks", label: t("peaks"), kind: "long", hint: t("peaksHint") },
  { name: "demonstrationSite", label: t("demonstrationSite"), kind: "flag" },
];

interface Props {
  /** The file that is changed; absent: a new one. */
  readonly machine?: Shown<MachineFile> | undefined;
  /** What is known of a new one. */
  readonly known?: Partial<MachineFile>;
  readonly network: ReturnType<typeof useNetwork>;
  readonly onSaved: (machineId: string) => void;
  readonly onCancel: () => void;
}

/** Writes a machine file; owner, state and hour meter have orders of their own. */
export function MachineForm({ machine, known = {}, network, onSaved, onCancel }: Props) {
  const command = useCommand();
  const before: Partial<MachineFile> = machine ?? { state: "commissioning", ...known };
  const save = async ({ peaks = "", ...values }: Record<string, unknown>) => {
    const written = { ...values, peakPeriods: textToPeaks(String(peaks)) };
    const body = bodyOf(machine ?? known, written, machine ? ["machineId", "meter"] : []);
    const target = machine
      ? path`/organisation/machines/${machine.machineId}`
      : "/organisation/machines";
    const reply = await command.run<MachineFile>(target, body);
    if (reply) onSaved(reply.machineId);
  };
  return (
    <FileForm
      fields={fieldsOf(machine === undefined, network)}
      values={{ ...before, peaks: peaksToText(before.peakPeriods ?? []) }}
      title={machine ? t("change") : t("addMachine")}
      testid="machine-form"
      command={command}
      onSave={(values) => void save(values)}
      onCancel={onCancel}
    />
  );
}
