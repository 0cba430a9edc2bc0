import { randomUUID } from "node:crypto";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed, Instant } from "../vocabulary.ts";
import { exchangeConfig } from "./exchange-config.ts";
import { ExchangeError } from "./exchange-error.ts";
import { importNames } from "./imports.ts";
import type { ImportOutcome } from "./run-import.ts";

const Count = Type.Integer({ minimum: 0 });

/** How far an import is, and what came of it. */
export const ImportJob = Type.Object(
  {
    importId: Type.String(),
    list: Type.Enum(importNames),
    mode: Type.Enum(["preview", "import"] as const),
    state: Type.Enum(
      ["waiting", "reading", "checking", "writing", "done", "refused", "failed"] as const,
      {
        description: "refused: the file has mistakes and nothing was imported",
      },
    ),
    startedAt: Instant,
    rows: Count,
    rowsDone: Count,
    /** SHA-256 of the file. */
    hash: Type.Optional(Type.String()),
    counts: Type.Optional(Type.Object({ created: Count, changed: Count, same: Count }, closed)),
    faultCount: Count,
    faults: Type.Array(
      Type.Object(
        {
          row: Type.Integer({ description: "as the file counts: the header is row 1" }),
          letter: Type.String({ description: "of the column; empty for the whole row" }),
          column: I18nText,
          value: Type.String({ description: "what stands there, shortened" }),
          message: I18nText,
        },
        closed,
      ),
      { description: "the first thousand" },
    ),
    ignoredColumns: Type.Array(Type.String()),
    /** Why the file could not be read at all. */
    problem: Type.Optional(Type.Object({ code: Type.String(), text: I18nText }, closed)),
  },
  closed,
);
export type ImportJob = Static<typeof ImportJob>;

type JobState = ImportJob["state"];
type Step = (change: Partial<ImportJob>) => void;

const isOver = (state: JobState): boolean =>
  state === "done" || state === "refused" || state === "failed";

/** Imports that run one after the other, and what became of those that ended. In memory: a restart forgets them. */
export class ImportJobs {
  readonly #jobs = new Map<string, { job: ImportJob; ownerId: string; ended: Promise<void> }>();
  #last: Promise<void> = Promise.resolve();

  /** @throws CodedError EXCHANGE_BUSY when too many wait */
  start(
    about: Pick<ImportJob, "list" | "mode" | "startedAt"> & { readonly ownerId: string },
    run: (step: Step) => Promise<ImportOutcome>,
  ): string {
    this.#forget();
    const { ownerId, ...known } = about;
    const importId = randomUUID();
    const job: ImportJob = { importId, ...known, ...fresh };
    const entry = { job, ownerId, ended: Promise.resolve() };
    const step: Step = (change) => {
      entry.job = { ...entry.job, ...change };
    };
    entry.ended = this.#last.then(() => carryOut(step, known.mode, run));
    this.#last = entry.ended;
    this.#jobs.set(importId, entry);
    return importId;
  }

  /** The job as it is now, or once it ended or `waitMs` are over. @throws CodedError EXCHANGE_UNKNOWN */
  async get(importId: string, ownerId: string, waitMs = 0): Promise<ImportJob> {
    const entry = this.#jobs.get(importId);
    if (entry?.ownerId !== ownerId)
      throw new CodedError("EXCHANGE_UNKNOWN", `there is no import ${importId} of yours`);
    if (waitMs > 0 && !isOver(entry.job.state)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, waitMs);
      await Promise.race([entry.ended, promise]);
      clearTimeout(timer);
    }
    return entry.job;
  }

  /** Makes room by dropping the oldest that ended. */
  #forget(): void {
    for (const [importId, { job }] of this.#jobs) {
      if (this.#jobs.size < exchangeConfig.maxImportsKept) return;
      if (isOver(job.state)) this.#jobs.delete(importId);
    }
    if (this.#jobs.size >= exchangeConfig.maxImportsKept)
      throw new CodedError("EXCHANGE_BUSY", "too many imports wait: try again later", {
        retryable: true,
      });
  }
}

const fresh = {
  state: "waiting",
  rows: 0,
  rowsDone: 0,
  faultCount: 0,
  faults: [],
  ignoredColumns: [],
} as const satisfies Partial<ImportJob>;

/** Never rejects: whatever goes wrong is the job's end. */
async function carryOut(
  step: Step,
  mode: ImportJob["mode"],
  run: (step: Step) => Promise<ImportOutcome>,
): Promise<void> {
  try {
    const { faults, counts } = await run(step);
    const isRefused = mode === "import" && faults.length > 0;
    step({
      state: isRefused ? "refused" : "done",
      counts,
      faultCount: faults.length,
      faults: faults.slice(0, exchangeConfig.maxFaultsTold),
    });
  } catch (error) {
    step({ state: "failed", problem: problemOf(error) });
  }
}

function problemOf(error: unknown): NonNullable<ImportJob["problem"]> {
  const code = errorCode(error);
  if (error instanceof ExchangeError) return { code, text: error.text };
  if (code === "COMMAND_REUSED")
    return {
      code,
      text: {
        en: "this command id has imported another file: take a new one",
        "zh-CN": "该命令编号已用于导入另一个文件，请使用新的编号",
      },
    };
  return {
    code,
    text: { en: "the import failed, nothing was stored", "zh-CN": "导入失败，未写入任何数据" },
  };
}
