import { CodedError } from "@firebreak/kit/coded-error.ts";

type Facts = Readonly<Record<string, string | number>>;

/** Why a source could not be read, and the words for it. */
const words = {
  later: ({ host, status }: Facts) => `${host} asks to come back later (${status})`,
  credentials: ({ host, status }: Facts) => `${host} refuses our credentials (${status})`,
  "not-allowed": ({ host }: Facts) => `${host} does not allow us to read (403)`,
  "nothing-there": ({ host }: Facts) => `${host} has nothing at this address (404)`,
  redirect: ({ host, status }: Facts) =>
    `${host} sends us to another address (${status}), which is not followed`,
  "own-fault": ({ host, status }: Facts) => `${host} has a fault of its own (${status})`,
  "no-machines": ({ host, status }: Facts) => `${host} gives no machines (${status})`,
  "no-token": ({ host, status }: Facts) => `${host} gives no access token (${status})`,
  "empty-token": ({ host }: Facts) => `${host} answers without an access token`,
  "too-much": ({ host, bytes }: Facts) => `${host} sends more than ${bytes} bytes at once`,
  "no-answer": ({ host, seconds }: Facts) => `${host} does not answer within ${seconds} s`,
  unreachable: ({ host, reason }: Facts) => `${host} cannot be reached (${reason})`,
  "too-many-pages": ({ pages }: Facts) => `more than ${pages} pages`,
  "no-next-page": () => "the next page has no address",
  "other-host": ({ other }: Facts) => `the next page lies on another host (${other})`,
} as const;
export type SourceErrorReason = keyof typeof words;

/** Why a source could not be read, in plain words; `retryAfterMs` where it said when to come again. */
export class SourceError extends CodedError {
  readonly reason: SourceErrorReason;
  readonly facts: Facts;
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: SourceErrorReason,
    facts: Facts = {},
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super("AEMP_SOURCE", words[reason](facts), { retryable: true, cause: options.cause });
    this.reason = reason;
    this.facts = facts;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** `document`: what was sent cannot be read; `journal`: ours takes nothing now; `internal`: a fault of ours. */
const otherReasons = ["document", "journal", "internal"] as const;
export const sourceReasons = [
  ...(Object.keys(words) as SourceErrorReason[]),
  ...otherReasons,
] as const;

/** What is wrong with a source, to be said in any language. */
export interface SourceProblem {
  readonly reason: (typeof sourceReasons)[number];
  /** What the words speak of, by name. */
  readonly facts: Facts;
  /** In English. */
  readonly message: string;
}

export function sourceProblemOf(error: unknown): SourceProblem {
  if (error instanceof SourceError)
    return { reason: error.reason, facts: error.facts, message: error.message };
  if (!(error instanceof CodedError))
    return {
      ...{ reason: "internal", facts: {} },
      message: "an unexpected fault of ours; see the log",
    };
  const { code, message } = error;
  if (code === "AEMP_DOCUMENT") return { reason: "document", facts: {}, message };
  const isJournal = code === "AEMP_JOURNAL_FULL" || code === "LOG_FULL";
  return { reason: isJournal ? "journal" : "internal", facts: {}, message };
}
