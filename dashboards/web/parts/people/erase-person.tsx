import { useState } from "preact/hooks";
import { may, path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts as organisationTexts } from "../../i18n/pages/organisation-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { Field } from "../form.tsx";
import { Problem } from "../problem.tsx";

const { t } = textsOf(organisationTexts);

interface Props {
  readonly personId: string;
  readonly name: string;
  readonly onErased: () => void;
}

/** Takes a person out for good; what that means is said before, and the number must be typed. */
export function ErasePerson({ personId, name, onErased }: Props) {
  const command = useCommand();
  const [isOpen, open] = useState(false);
  const [typed, type] = useState("");
  const [redacted, tell] = useState<number | undefined>(undefined);
  if (redacted !== undefined)
    return (
      <p role="status" data-testid="erased">
        {t("erased", { count: redacted })}
      </p>
    );
  if (!may("people.erase")) return null;
  if (!isOpen)
    return (
      <button type="button" class="quiet" data-testid="erase" onClick={() => open(true)}>
        {t("erase")}
      </button>
    );
  const erase = async () => {
    const reply = await command.run<{ redactedTexts: number }>(path`/people/${personId}/erase`);
    if (reply === undefined) return;
    tell(reply.redactedTexts);
    onErased();
  };
  return (
    <div class="danger" data-testid="erase-warning">
      <p>{t("eraseWarning", { name })}</p>
      <Field label={t("eraseConfirm", { id: personId })}>
        <input value={typed} onInput={(event) => type(event.currentTarget.value.trim())} />
      </Field>
      <Problem error={command.error} />
      <div class="row-actions">
        <button
          type="button"
          class="burning"
          data-testid="erase-now"
          disabled={command.isBusy || typed !== personId}
          onClick={() => void erase()}
        >
          {t("eraseNow")}
        </button>
        <button type="button" onClick={() => open(false)}>
          {t("cancel")}
        </button>
      </div>
    </div>
  );
}
