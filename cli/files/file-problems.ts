import { CodedError } from "@firebreak/kit/coded-error.ts";

/** As many are told; who has more sees the pattern. Engineering default. */
const mostShown = 20;

/** One thing that is wrong with a file; `line` and `column` from 1, 0 where it concerns the whole file. */
export interface FileProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface FileProblems {
  add(problem: FileProblem): void;
  /**
   * What `read` gives; undefined where the file cannot be read at all or to its end, which is one problem more. Other
   * errors go through.
   */
  during<T>(read: () => Promise<T>): Promise<T | undefined>;
  readonly count: number;
  /** @throws CodedError BAD_INPUT with all that is wrong, a line each, if anything is; not retryable */
  throwIfAny(): void;
}

/** Collects what is wrong with files, so that all of it is told at once; keeps what is shown and counts the rest. */
export function createFileProblems(): FileProblems {
  const shown: string[] = [];
  let count = 0;
  const tell = (text: string) => {
    count++;
    if (shown.length < mostShown) shown.push(text);
  };
  return {
    add({ path, line, column, message }) {
      const place = line === 0 ? path : `${path}:${line}${column === 0 ? "" : `:${column}`}`;
      tell(`${place}: ${message}`);
    },
    async during(read) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof CodedError && error.code.startsWith("INPUT_"))) throw error;
        tell(error.message);
        return undefined;
      }
    },
    get count() {
      return count;
    },
    throwIfAny() {
      if (count === 0) return;
      const more = count > shown.length ? `\n… and ${count - shown.length} more` : "";
      const title = count === 1 ? "1 mistake in the input" : `${count} mistakes in the input`;
      throw new CodedError("BAD_INPUT", `${title}\n${shown.join("\n")}${more}`);
    },
  };
}
