import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";

const { t } = textsOf(texts);

interface Props {
  readonly label: string;
  readonly testid: string;
  readonly isStrong?: boolean;
  /** True when it is done and the form may close. */
  readonly onSubmit: (form: FormData) => Promise<boolean>;
  readonly children: ComponentChildren;
}

/** A big button that asks for something before it does anything. */
export function Ask({ label, testid, isStrong = false, onSubmit, children }: Props) {
  const [isOpen, open] = useState(false);
  if (!isOpen)
    return (
      <button
        type="button"
        class={isStrong ? "big strong" : "big"}
        data-testid={testid}
        onClick={() => open(true)}
      >
        {label}
      </button>
    );
  return (
    <form
      class="ask"
      data-testid={`${testid}-form`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!(event.currentTarget instanceof HTMLFormElement)) return;
        void onSubmit(new FormData(event.currentTarget)).then((isDone) => open(!isDone));
      }}
    >
      {children}
      <div class="big-actions">
        <button type="submit" class="big strong">
          {label}
        </button>
        <button type="button" class="big" onClick={() => open(false)}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
