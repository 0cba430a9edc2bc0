import { useEffect } from "preact/hooks";
import type { ApiError } from "../api-client.ts";
import { isMessageKey, loadMessages, t } from "../i18n/language.ts";

type Words = (error: ApiError) => string | undefined;
const more: Words[] = [];

/** Words for errors that only some pages meet; they come with the code of those pages. */
export const explainErrors = (words: Words): void => void more.push(words);

/** Why something could not be shown or done, in the reader's language. */
export function Problem({ error }: { error: ApiError | undefined }) {
  const key = `error.${error?.code}`;
  useEffect(() => {
    // Words for what seldom happens come when they are needed; without them the code is shown.
    if (error !== undefined && !isMessageKey(key)) loadMessages().catch(() => undefined);
  }, [key]);
  if (error === undefined) return null;
  const own = more.map((words) => words(error)).find((text) => text !== undefined);
  if (own !== undefined)
    return (
      <p class="problem" role="alert" data-code={error.code}>
        {own}
      </p>
    );
  return (
    <p class="problem" role="alert" data-code={error.code}>
      {isMessageKey(key) ? t(key) : t("error.other", { code: error.code })}
      {!isMessageKey(key) && error.message !== error.code && <small> {error.message}</small>}
    </p>
  );
}
