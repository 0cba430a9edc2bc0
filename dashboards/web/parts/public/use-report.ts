import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, post } from "../../api-client.ts";
import { language } from "../../i18n/language.ts";
import type { ListOf } from "../../types.ts";
import {
  isTooLarge,
  type MediaItem,
  type MediaKind,
  mediaLimits,
  uploadMedia,
} from "./media-upload.ts";
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

export type MediaProblem =
  | { readonly why: "tooMany" }
  | { readonly why: "tooLarge"; readonly name: string; readonly kind: MediaKind };

/** Photos and films of a report: chosen, then sent one after another, again those that failed. */
export function useMedia() {
  const [items, setItems] = useState<readonly MediaItem[]>([]);
  const [problem, complain] = useState<MediaProblem | undefined>(undefined);
  const lastId = useRef(0);
  const change = (id: number, to: Partial<MediaItem>) =>
    setItems((before) => before.map((one) => (one.id === id ? { ...one, ...to } : one)));
  return {
    items,
    problem,
    add(files: readonly File[], kind: MediaKind) {
      const tooLarge = files.find((file) => isTooLarge(file, kind));
      const fitting = files.filter((file) => !isTooLarge(file, kind));
      const room = mediaLimits.files - items.length;
      complain(
        tooLarge
          ? { why: "tooLarge", name: tooLarge.name, kind }
          : fitting.length > room
            ? { why: "tooMany" }
            : undefined,
      );
      const added = fitting.slice(0, room).map((file): MediaItem => {
        lastId.current += 1;
        return { id: lastId.current, file, kind, state: "waiting", share: 0 };
      });
      setItems([...items, ...added]);
    },
    remove: (id: number) => setItems((before) => before.filter((one) => one.id !== id)),
    clear: () => setItems([]),
    async send(code: string) {
      const open = items.filter(({ state }) => state === "waiting" || state === "failed");
      for (const { id } of open) change(id, { state: "waiting", share: 0 });
      for (const item of open) {
        change(item.id, { state: "sending" });
        const state = await uploadMedia(code, item, (share) => change(item.id, { share }));
        change(item.id, { state, share: 1 });
      }
    },
  };
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
