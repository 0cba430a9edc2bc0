import type { SyncReply } from "@firebreak/tickets/field/field-command.ts";
import type { ReportContent } from "@firebreak/tickets/field/service-report.ts";
import { useRef, useState } from "preact/hooks";
import { ApiError, post } from "../../api-client.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-order-texts.ts";
import { Unanswered } from "../../live/unanswered.ts";
import type { Ticket, TicketEvent } from "../../types.ts";
import { Choice, CommandForm, Field, numberIn, textIn } from "../form.tsx";

const { t, word } = textsOf(texts);
const responsibilities = ["manufacturer", "operator", "customer_site", "supplier", "other"];

interface Props {
  readonly ticket: Ticket;
  readonly relatives: readonly Ticket[];
  readonly title: string;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

type End = Extract<TicketEvent, { type: "finished" | "remote-fixed" }>;
const isEnd = (event: TicketEvent): event is End =>
  event.type === "finished" || event.type === "remote-fixed";

/** What was tried, as it was said at the end of the work. */
const attemptsOf = (end: End | undefined, symptom: string): ReportContent["attempts"] =>
  end?.type === "remote-fixed"
    ? [{ judgement: symptom, handling: end.note.slice(0, 2000), result: "fixed" }]
    : (end?.attempts ?? []);

/** The service report of finished work, for those who write it at a desk. */
export function ReportForm({ ticket, relatives, title, onDone, onCancel }: Props) {
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const unanswered = useRef(new Unanswered());
  const causes = ticket.candidateFaults.flatMap(({ faultCode, causes: all }) =>
    all.map((cause) => ({ ...cause, faultCode })),
  );
  const finish = ticket.timeline.findLast(isEnd);
  const lent = relatives.flatMap(({ parts }) => parts).filter(({ state }) => state === "loaned");

  const send = async (form: FormData) => {
    setBusy(true);
    setError(undefined);
    const content = contentOf(form, { ticket, finish, lent });
    const { ticketId } = ticket;
    const [saveId, handInId] = unanswered.current.idsFor(JSON.stringify(content), 2);
    const commands = [
      { commandId: saveId, ticketId, type: "save-report", body: { content } },
      { commandId: handInId, ticketId, type: "hand-in-report", body: {} },
    ];
    try {
      const { answers } = await post<SyncReply>("/field/sync", { commands });
      unanswered.current.answered();
      const refused = answers.find(({ status }) => status === "refused");
      if (refused) setError(new ApiError(refused.code ?? "", 409, refused));
      else onDone();
    } catch (problem) {
      setError(problem instanceof ApiError ? problem : new ApiError("UNREACHABLE", 0));
    } finally {
      setBusy(false);
    }
  };

  return (
    <CommandForm
      command={{ isBusy, error }}
      submit={t("handIn")}
      testid="report-form"
      onSubmit={(form) => void send(form)}
      onCancel={onCancel}
    >
      <h3>{title}</h3>
      <Field label={t("reportSymptom")}>
        <textarea name="symptom" rows={2} required maxLength={4000}>
          {ticket.candidateFaults[0] ? inLanguage(ticket.candidateFaults[0].symptom) : ""}
        </textarea>
      </Field>
      <Choice
        label={t("rootCause")}
        name="cause"
        words={[...causes.map(({ faultCode, id }) => `${faultCode} ${id}`), "other other"]}
        textOf={(one) => {
          const cause = causes.find(({ faultCode, id }) => one === `${faultCode} ${id}`);
          return cause ? inLanguage(cause.text) : t("otherCause");
        }}
      />
      <Choice
        label={t("responsibility")}
        name="responsibility"
        words={responsibilities}
        textOf={(one) => word("responsibility", one)}
      />
      <Field label={t("reportSolution")}>
        <textarea name="solution" rows={2} required maxLength={4000} />
      </Field>
      <Field label={t("reportPrevention")}>
        <textarea name="preventionAdvice" rows={2} required maxLength={4000} />
      </Field>
      <div class="pair">
        <Field label={t("labourHours")}>
          <input name="labourHours" type="number" min={0} max={1000} step={0.1} defaultValue="1" />
        </Field>
        <Field label={t("travelKm")}>
          <input name="travelKm" type="number" min={0} max={20000} step={1} defaultValue="0" />
        </Field>
      </div>
      {lent.length > 0 && (
        <fieldset class="ticks">
          <legend>{t("usedParts")}</legend>
          {lent.map(({ partNo, name, quantity }) => (
            <label key={partNo}>
              <input type="checkbox" name="part" value={partNo} defaultChecked />
              <span>
                {quantity} × {inLanguage(name)} <span class="code">{partNo}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {(["fullMachineCheck", "machineStateNormal", "operatorBriefed"] as const).map((name) => (
        <label key={name} class="tick">
          <input type="checkbox" name={name} />
          <span>{name === "fullMachineCheck" ? t("field.isMachineChecked") : t(name)}</span>
        </label>
      ))}
    </CommandForm>
  );
}

interface Known {
  readonly ticket: Ticket;
  readonly finish: End | undefined;
  readonly lent: Ticket["parts"];
}

function contentOf(form: FormData, { ticket, finish, lent }: Known): ReportContent {
  const [faultCode = "other", causeId = "other"] = (textIn(form, "cause") ?? "").split(" ");
  const used = new Set(form.getAll("part").map(String));
  const text = (name: string) => textIn(form, name) ?? "";
  const isFree = finish?.type === "finished" && finish.outcome === "no_fault_found";
  const isRemote = finish?.type === "remote-fixed";
  return {
    type: isRemote ? "remote" : ticket.kind === "inspection" ? "inspection" : "repair",
    preFaultOperation: "",
    postFaultOperation: "",
    symptom: text("symptom"),
    procedureLog: "",
    attempts: attemptsOf(finish, text("symptom").slice(0, 2000)),
    solution: text("solution"),
    preventionAdvice: text("preventionAdvice"),
    ...(isFree
      ? {}
      : {
          rootCause: {
            faultCode: faultCode === "other" ? (ticket.faultCode ?? "other") : faultCode,
            causeId,
            responsibility: text("responsibility") as NonNullable<
              ReportContent["rootCause"]
            >["responsibility"],
          },
        }),
    partsUsed: lent
      .filter(({ partNo }) => used.has(partNo))
      .map(({ partNo, quantity }) => ({ partNo, quantity })),
    measuredWear: [],
    fullMachineCheck: form.has("fullMachineCheck"),
    machineStateNormal: form.has("machineStateNormal"),
    operatorBriefed: form.has("operatorBriefed"),
    photos: [],
    labourHours: numberIn(form, "labourHours") ?? 0,
    travelKm: numberIn(form, "travelKm") ?? 0,
  };
}
