import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { may } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/organisation-texts.ts";

const { t } = textsOf(texts);

interface Props {
  /** Chips and number above the name. */
  readonly over: ComponentChildren;
  readonly name: string;
  readonly under: ComponentChildren;
  /** The form in which it is changed; `close` when it is saved or given up. */
  readonly form: (close: () => void) => ComponentChildren;
}

/** Head of one file of the organisation, and its form while somebody changes it. */
export function FileHead({ over, name, under, form }: Props) {
  const [isEditing, edit] = useState(false);
  return (
    <>
      <header class="title-row">
        <div>
          <p class="over-title">{over}</p>
          <h1 data-field="name">{name}</h1>
          <p class="under-title">{under}</p>
        </div>
        {may("organisation.write") && !isEditing && (
          <button type="button" data-testid="change" onClick={() => edit(true)}>
            {t("change")}
          </button>
        )}
      </header>
      {isEditing && form(() => edit(false))}
    </>
  );
}
