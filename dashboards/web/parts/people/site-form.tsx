import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/customers-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { bodyOf, type FieldSpec, FileForm } from "./file-form.tsx";
import type { Shown, Site, useNetwork } from "./organisation-data.ts";
import { peaksToText, textToPeaks } from "./peak-list.tsx";

const { t } = textsOf(texts);

const fieldsOf = (isNew: boolean, network: ReturnType<typeof useNetwork>): FieldSpec[] => [
  ...(isNew ? [{ name: "siteId", label: t("siteId"), isRequired: true, hint: t("idHint") }] : []),
  { name: "projectName", label: t("projectName"), isRequired: true },
  {
    name: "regionId",
    label: t("region"),
    kind: "choice",
    words: network.regionIds,
    textOf: network.regionName,
    isRequired: true,
  },
  { name: "address", label: t("address") },
  { name: "projectProgress", label: t("projectProgress"), kind: "long" },
  { name: "followOnProjects", label: t("followOnProjects"), kind: "long" },
  { name: "peaks", label: t("peaks"), kind: "long", hint: t("peaksHint") },
  { name: "majorProject", label: t("majorProject"), kind: "flag" },
];

interface Props {
  readonly customerId: string;
  /** Absent: a new one. */
  readonly site?: Shown<Site> | undefined;
  readonly network: ReturnType<typeof useNetwork>;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
}

/** Writes the file of a site of a customer. */
export function SiteForm({ customerId, site, network, onSaved, onCancel }: Props) {
  const command = useCommand();
  const save = async ({ peaks = "", ...values }: Record<string, unknown>) => {
    const body = bodyOf(site, { customerId, ...values, peakPeriods: textToPeaks(String(peaks)) }, [
      "siteId",
    ]);
    const target = site ? path`/organisation/sites/${site.siteId}` : "/organisation/sites";
    if (await command.run(target, body)) onSaved();
  };
  return (
    <FileForm
      fields={fieldsOf(site === undefined, network)}
      values={{ ...site, peaks: peaksToText(site?.peakPeriods ?? []) }}
      title={site ? site.projectName : t("addSite")}
      testid="site-form"
      command={command}
      onSave={(values) => void save(values)}
      onCancel={onCancel}
    />
  );
}
