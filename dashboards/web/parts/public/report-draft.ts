import { newCommandId } from "../../api-client.ts";

/** What a customer has typed so far; all of it is text, as in the form. */
export interface ReportDraft {
  readonly serialNumber: string;
  readonly productType: string;
  readonly failureMode: string;
  readonly symptom: string;
  /** Empty until it was answered. */
  readonly machineStopped: "" | "yes" | "no";
  readonly place: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  /** Left empty by people: it is not shown. */
  readonly website: string;
}

export const emptyDraft: ReportDraft = {
  serialNumber: "",
  productType: "",
  failureMode: "",
  symptom: "",
  machineStopped: "",
  place: "",
  name: "",
  phone: "",
  email: "",
  website: "",
};

/** A draft as it was kept; whatever else lies there counts as nothing. Pure. */
export function draftOf(kept: string | null): ReportDraft {
  let value: unknown;
  try {
    value = JSON.parse(kept ?? "");
  } catch {
    return emptyDraft;
  }
  if (typeof value !== "object" || value === null) return emptyDraft;
  const entries = Object.keys(emptyDraft).map((name) => {
    const text = (value as Record<string, unknown>)[name];
    return [name, typeof text === "string" ? text : ""];
  });
  const draft = Object.fromEntries(entries) as unknown as ReportDraft;
  return ["", "yes", "no"].includes(draft.machineStopped)
    ? draft
    : { ...draft, machineStopped: "" };
}

/** The report as the interface takes it; `titleOf` words a choice that was made without more words. Pure. */
export function reportBody(
  draft: ReportDraft,
  of: {
    readonly way: "web" | "qr";
    /** In which the reporter reads, and is told how it goes on. */
    readonly language: "en" | "zh-CN";
    readonly titleOf: (mode: string) => string;
  },
) {
  const { way, language, titleOf } = of;
  const said = (name: keyof ReportDraft) => {
    const text = draft[name].trim();
    return text === "" ? undefined : text;
  };
  const failureMode = said("failureMode");
  const name = said("name");
  const phone = said("phone");
  const email = said("email");
  return {
    way,
    serialNumber: said("serialNumber"),
    failureMode,
    symptom: said("symptom") ?? (failureMode === undefined ? "" : titleOf(failureMode)),
    machineStopped: draft.machineStopped === "yes",
    place: said("place"),
    contact: (name ?? phone ?? email) ? { name, phone, email, language } : undefined,
    website: draft.website,
  };
}

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden
  }
};

const write = (key: string, value: object | undefined): void => {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // then it lasts until the page is closed
  }
};

const draftKey = "firebreak.report";
const sendingKey = "firebreak.report.sending";
const sentKey = "firebreak.report.sent";

export const readDraft = (): ReportDraft => draftOf(read(draftKey));
export const keepDraft = (draft: ReportDraft | undefined): void => write(draftKey, draft);

/** The id of this very report: the same after a lost answer or a closed page, so that it arrives once. */
export function commandIdOf(body: object): string {
  const intention = JSON.stringify(body);
  try {
    const kept = JSON.parse(read(sendingKey) ?? "");
    if (kept.intention === intention && typeof kept.commandId === "string") return kept.commandId;
  } catch {
    // nothing was being sent
  }
  const commandId = newCommandId();
  write(sendingKey, { intention, commandId });
  return commandId;
}

export interface SentReport {
  readonly code: string;
  readonly at: string;
}

/** The last report of this phone, so that its page is found again. */
export function readSent(): SentReport | undefined {
  try {
    const { code, at } = JSON.parse(read(sentKey) ?? "");
    return typeof code === "string" && typeof at === "string" ? { code, at } : undefined;
  } catch {
    return undefined;
  }
}

export function keepSent(sent: SentReport): void {
  write(sentKey, sent);
  write(draftKey, undefined);
  write(sendingKey, undefined);
}
