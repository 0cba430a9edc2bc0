import { useState } from "preact/hooks";
import { ApiError, download } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/quarantine-texts.ts";
import { Problem } from "./problem.tsx";

const { t } = textsOf(texts);

/** Saves lines of JSON that a route gives. */
export function ExportButton({ path, name }: { readonly path: string; readonly name: string }) {
  const [error, fail] = useState<ApiError>();
  const run = async () => {
    fail(undefined);
    try {
      await download(path, () => undefined);
    } catch (problem) {
      fail(problem instanceof ApiError ? problem : new ApiError("UNREACHABLE", 0));
    }
  };
  return (
    <>
      <button type="button" data-testid={name} onClick={() => void run()}>
        {t("export")}
      </button>
      <Problem error={error} />
    </>
  );
}
