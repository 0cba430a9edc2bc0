import { path } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/machine-files-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import type { MachineFile, Shown } from "../parts/people/organisation-data.ts";
import { QrCode } from "../parts/people/qr-code.tsx";
import { Problem } from "../parts/problem.tsx";
import { machineFilePath } from "../router.ts";

const { t, word } = textsOf(texts);

/** The sheet that is stuck to a machine: its code opens the page where faults are reported. */
export function MachineCodePage({ machineId }: { machineId: string }) {
  usePageTitle(t("codeSheet"));
  const file = useResource<Shown<MachineFile>>(path`/organisation/machines/${machineId}`);
  if (file.data === undefined)
    return (
      <section class="page" aria-busy={file.error === undefined}>
        <Problem error={file.error} />
      </section>
    );
  const { serialNumber, productType, model } = file.data;
  const address = `${location.origin}/r/${encodeURIComponent(serialNumber)}`;
  return (
    <article class="page code-page">
      <div class="row-actions no-print">
        <button type="button" class="strong" onClick={() => print()}>
          {t("print")}
        </button>
        <a href={machineFilePath(machineId)}>{t("backToFile")}</a>
      </div>
      <p class="faint no-print">{t("sheetHint", { address })}</p>
      <section class="code-sheet" data-testid="code-sheet">
        <h1>{t("sheetTitle")}</h1>
        <QrCode text={address} title={address} />
        <p class="sheet-serial">{serialNumber}</p>
        <p>{[word("productType", productType), model, machineId].filter(Boolean).join(" · ")}</p>
        <p class="sheet-about">{t("sheetAbout")}</p>
      </section>
    </article>
  );
}
