import { useEffect, useState } from "preact/hooks";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/telemetry-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf, TelemetryExport } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { ExportForm } from "./export-form.tsx";
import { ExportList, isUnderWay } from "./export-list.tsx";

const { t } = textsOf(texts);

const movingMs = 1_500;
const restingMs = 30_000;

/** Stored samples as files. */
export function ExportTab() {
  const [pollMs, pace] = useState(restingMs);
  const list = useResource<ListOf<TelemetryExport>>("/telemetry-exports", pollMs);
  const isMoving = list.data?.items.some(isUnderWay) ?? false;
  useEffect(() => pace(isMoving ? movingMs : restingMs), [isMoving]);
  return (
    <>
      <p class="lead">{t("exportAbout")}</p>
      <Problem error={list.error} />
      <div class="columns">
        <div>
          <ExportForm onStarted={list.reload} />
        </div>
        <div>
          <ExportList items={list.data?.items} onChanged={list.reload} />
        </div>
      </div>
    </>
  );
}
