import { HttpError } from "./error-reply.ts";

export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Lets a bounded number of heavy reads run; the rest wait in line, and beyond that are refused. */
export function createGate(limits: { readonly atOnce: number; readonly waiting: number }): Gate {
  let running = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (running < limits.atOnce) running++;
    else if (line.length < limits.waiting) await new Promise<void>((go) => line.push(go));
    else throw busy(limits.atOnce);
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else running--;
    }
  };
}

const busy = (atOnce: number) =>
  new HttpError(
    "TOO_MANY_REQUESTS",
    `${atOnce} such reads run already and others wait: try again shortly`,
  );
