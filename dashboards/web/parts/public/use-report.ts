import { useEffect, useState } from "preact/hooks";
import { ApiError, get, post } from "../../api-client.ts";
import { language } from "../../i18n/language.ts";
import type { ListOf } from "../../types.ts";
import {
  commandIdOf,
  emptyDraft,
  keepDraft,
  keepSent,
  type ReportDraft,
  readDraft,
  reportBody,
} from "./report-draft.ts";
import type { Symptom } from "./symptom-choice.tsx";

/** Faults to choose from; nothing while they cannot be had, since words alone do. */
export function useSymptoms(): readonly Symptom[] {
  const [symptoms, show] = useState<readonly Symptom[]>([]);
  useEffect(() => {
    get<ListOf<Symptom>>("/public/symptoms").then(
      ({ items }) => show(items),
      () => undefined,
    );
  }, []);
  return symptoms;
}

/** The form's text, kept on this phone, and sending it. */
export function useReportForm(serialNumber: string | undefined) {
  const [draft, setDraft] = useState<ReportDraft>(() => {
    const kept = readDraft();
    return serialNumber === undefined ? kept : { ...kept, serialNumber };
  });
  const [state, setState] = useState<{ isBusy: boolean; error?: ApiError }>({ isBusy: false });
  const edit = (change: Partial<ReportDraft>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    keepDraft(next);
  };
  /** The code of the report; undefined when it could not be sent. */
  const send = async (titleOf: (mode: string) => string): Promise<string | undefined> => {
    setState({ isBusy: true });
    const way = serialNumber === undefined ? "web" : "qr";
    const body = reportBody(draft, { way, language: language.value, titleOf });
    try {
      const commandId = commandIdOf(body);
      const reply = await post<{ progressCode: string }>("/public/reports", { ...body, commandId });
      keepSent({ code: reply.progressCode, at: new Date().toISOString() });
      setDraft({ ...emptyDraft, serialNumber: serialNumber ?? "" });
      setState({ isBusy: false });
      return reply.progressCode;
    } catch (error) {
      const coded = error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0);
      setState({ isBusy: false, error: coded });
      return undefined;
    }
  };
  return { draft, edit, send, isBusy: state.isBusy, error: state.error };
}
