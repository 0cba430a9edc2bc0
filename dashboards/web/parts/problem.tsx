import type { ApiError } from "../api-client.ts";
import { isMessageKey, t } from "../i18n/language.ts";

/** Why something could not be shown or done, in the reader's language. */
export function Problem({ error }: { error: ApiError | undefined }) {
  if (error === undefined) return null;
  const key = `error.${error.code}`;
  return (
    <p class="problem" role="alert" data-code={error.code}>
      {isMessageKey(key) ? t(key) : t("error.other", { code: error.code })}
      {!isMessageKey(key) && error.message !== error.code && <small> {error.message}</small>}
    </p>
  );
}
