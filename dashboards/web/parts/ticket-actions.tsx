import { useSignal } from "@preact/signals";
import { ApiError, may, path, post } from "../api-client.ts";
import { inLanguage, t, word } from "../i18n/language.ts";
import { finalStates } from "../ticket-order.ts";
import type { Ticket } from "../types.ts";
import { Problem } from "./problem.tsx";

const outcomes = ["fixed", "diagnosed_awaiting_parts", "not_fixed", "no_fault_found"] as const;

/** An id for one press of one button: sending it again after a broken line changes nothing. */
const newCommandId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

interface Props {
  readonly ticket: Ticket;
  /** Its parts tickets: they know which parts are kept for it. */
  readonly relatives: readonly Ticket[];
  readonly onDone: () => void;
}

/** Taking a ticket on and closing it, for those who may. */
export function TicketActions({ ticket, relatives, onDone }: Props) {
  const error = useSignal<ApiError | undefined>(undefined);
  const isBusy = useSignal(false);
  const isClosing = useSignal(false);
  const commandId = useSignal(newCommandId());
  const canAcknowledge = ticket.state === "new" && may("tickets.work");
  const isTaken = ticket.state !== "new" && ticket.state !== "planned";
  const canClose = ticket.kind !== "parts" && isTaken && may("tickets.close");
  const canAct = canAcknowledge || canClose;
  const lacksRole = !may("tickets.close") && ticket.kind !== "parts";
  if (finalStates.includes(ticket.state) || (!canAct && !lacksRole)) return null;

  const order = async (what: "acknowledge" | "close", body: object) => {
    isBusy.value = true;
    error.value = undefined;
    try {
      const target = path`/tickets/${ticket.ticketId}`;
      await post(`${target}/${what}`, { ...body, commandId: commandId.value });
      commandId.value = newCommandId();
      onDone();
    } catch (problem) {
      error.value = problem instanceof ApiError ? problem : new ApiError("UNREACHABLE", 0);
      if (error.value.code !== "UNREACHABLE") onDone();
    } finally {
      isBusy.value = false;
    }
  };

  return (
    <section class="card actions" data-testid="actions">
      {canAcknowledge && (
        <button
          type="button"
          class="strong"
          data-testid="acknowledge"
          disabled={isBusy.value}
          onClick={() => void order("acknowledge", {})}
        >
          {t("acknowledge")}
        </button>
      )}
      {canClose && !isClosing.value && (
        <button
          type="button"
          data-testid="open-close-form"
          onClick={() => {
            isClosing.value = true;
          }}
        >
          {t("openCloseForm")}
        </button>
      )}
      {canClose && isClosing.value && (
        <CloseForm
          ticket={ticket}
          reserved={reservedIn(relatives)}
          onCancel={() => {
            isClosing.value = false;
          }}
          isBusy={isBusy.value}
          onClose={(body) => void order("close", body)}
        />
      )}
      {!canAct && <p class="faint">{t("mayNotAct")}</p>}
      <Problem error={error.value} />
    </section>
  );
}

const reservedIn = (tickets: readonly Ticket[]): ReadonlySet<string> =>
  new Set(
    tickets
      .flatMap(({ parts }) => parts)
      .filter(({ state }) => state === "reserved")
      .map(({ partNo }) => partNo),
  );

interface FormProps {
  readonly ticket: Ticket;
  /** Part numbers that can be booked out with it. */
  readonly reserved: ReadonlySet<string>;
  readonly onCancel: () => void;
  readonly isBusy: boolean;
  readonly onClose: (body: object) => void;
}

function CloseForm({ ticket, reserved, isBusy, onClose, onCancel }: FormProps) {
  const outcome = useSignal("");
  const isStillActive = outcome.value === "fixed" && ticket.activeFindings.length > 0;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const form = new FormData(event.currentTarget);
    const note = String(form.get("note") ?? "").trim();
    const partsUsed = form.getAll("part").map(String);
    onClose({
      outcome: form.get("outcome"),
      ...(note === "" ? {} : { note }),
      ...(ticket.predictedParts.length === 0 ? {} : { partsUsed }),
    });
  };
  return (
    <form onSubmit={submit} data-testid="close-form">
      <label>
        <span>{t("outcome")}</span>
        <select
          name="outcome"
          required
          onChange={(event) => {
            outcome.value = event.currentTarget.value;
          }}
        >
          <option value="">{t("chooseOutcome")}</option>
          {outcomes.map((one) => (
            <option key={one} value={one}>
              {word("outcome", one)}
            </option>
          ))}
        </select>
      </label>
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
      <label>
        <span>{t("note")}</span>
        <textarea name="note" rows={3} maxLength={4000} required />
      </label>
      <div class="buttons">
        <button type="submit" class="strong" data-testid="close" disabled={isBusy}>
          {t("closeTicket")}
        </button>
        <button type="button" onClick={onCancel}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
