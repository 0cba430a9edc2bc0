import { useState } from "preact/hooks";
import { inLanguage, t, word } from "../../i18n/language.ts";
import type { Command } from "../../live/use-command.ts";
import type { Ticket } from "../../types.ts";
import { Choice, CommandForm, Field, textIn } from "../form.tsx";

const outcomes = ["fixed", "diagnosed_awaiting_parts", "not_fixed", "no_fault_found"] as const;

interface Props {
  readonly ticket: Ticket;
  readonly relatives: readonly Ticket[];
  readonly command: Command;
  readonly onClose: (body: object) => void;
  readonly onCancel: () => void;
}

/** Closing without a visit, with the parts that were fitted. */
export function CloseForm({ ticket, relatives, command, onClose, onCancel }: Props) {
  const [outcome, setOutcome] = useState("");
  const reserved = reservedIn(relatives);
  const isStillActive = outcome === "fixed" && ticket.activeFindings.length > 0;
  const submit = (form: FormData) =>
    onClose({
      outcome: textIn(form, "outcome"),
      note: textIn(form, "note"),
      ...(ticket.predictedParts.length === 0 ? {} : { partsUsed: form.getAll("part").map(String) }),
    });
  return (
    <CommandForm
      command={command}
      submit={t("closeTicket")}
      testid="close-form"
      submitTestid="close"
      onSubmit={submit}
      onCancel={onCancel}
    >
      <Choice
        label={t("outcome")}
        name="outcome"
        words={outcomes}
        none={t("chooseOutcome")}
        isRequired
        textOf={(one) => word("outcome", one)}
        onChange={setOutcome}
      />
      {isStillActive && (
        <p class="problem" role="alert" data-testid="still-active">
          {t("stillActive")}
        </p>
      )}
      {ticket.predictedParts.length > 0 && (
        <fieldset class="ticks">
          <legend>{t("partsUsed")}</legend>
          {ticket.predictedParts.map(({ partNo, name }) => (
            <label key={partNo}>
              <input type="checkbox" name="part" value={partNo} disabled={!reserved.has(partNo)} />
              <span>
                {name ? inLanguage(name) : partNo} {name && <span class="code">{partNo}</span>}
                {!reserved.has(partNo) && <small class="faint"> · {t("partNotHeld")}</small>}
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <Field label={t("note")}>
        <textarea name="note" rows={3} maxLength={4000} required />
      </Field>
    </CommandForm>
  );
}

const reservedIn = (tickets: readonly Ticket[]): ReadonlySet<string> =>
  new Set(
    tickets
      .flatMap(({ parts }) => parts)
      .filter(({ state }) => state === "reserved")
      .map(({ partNo }) => partNo),
  );
