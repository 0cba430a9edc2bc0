import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, get } from "../api-client.ts";
import type { ListOf } from "../types.ts";
import { onLive } from "./live-events.ts";
import { coded, retryAfter } from "./retry.ts";

/** What the interface gives at once. */
const mostAtOnce = 200;
type Ask<Item> = (path: string) => Promise<ListOf<Item>>;

/**
 * The first `count` items of a list that is cut by cursor, and the cursor behind them. `path` has its query.
 * Several answers that follow one another; an item that moved between them stands once.
 */
export async function firstOf<Item>(
  ask: Ask<Item>,
  path: string,
  { count, keyOf }: { readonly count: number; readonly keyOf: (item: Item) => string },
): Promise<ListOf<Item>> {
  const found = new Map<string, Item>();
  let next: string | null = null;
  do {
    const limit = Math.min(mostAtOnce, count - found.size);
    const cursor: string = next === null ? "" : `&cursor=${encodeURIComponent(next)}`;
    const page: ListOf<Item> = await ask(`${path}&limit=${limit}${cursor}`);
    for (const item of page.items) found.set(keyOf(item), item);
    next = page.next;
  } while (next !== null && found.size < count);
  return { items: [...found.values()], next };
}

export interface Pages<Item> {
  /** What came last; it stays while the next answer is awaited or fails. */
  readonly data: ListOf<Item> | undefined;
  readonly error: ApiError | undefined;
  readonly isBusy: boolean;
  readonly reload: () => void;
  readonly more: () => void;
}

/** A list that grows by pages, and is fetched anew as far as it is shown. Begins again when `path` changes. */
export function usePages<Item>(
  path: string,
  options: {
    readonly pageSize: number;
    readonly keyOf: (item: Item) => string;
    /** How often to ask anew; left out: only when something is told. */
    readonly pollMs?: number;
  },
): Pages<Item> {
  const { pageSize, keyOf, pollMs } = options;
  const [state, setState] = useState<{ data?: ListOf<Item>; error?: ApiError; isBusy: boolean }>({
    isBusy: false,
  });
  const shown = useRef({ path, count: pageSize });
  if (shown.current.path !== path) shown.current = { path, count: pageSize };
  const running = useRef<AbortController>(undefined);
  const key = useRef(keyOf);

  const reload = useCallback(() => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setState((before) => ({ ...before, isBusy: true }));
    const ask: Ask<Item> = (one) => get<ListOf<Item>>(one, abort.signal);
    firstOf(ask, path, { count: shown.current.count, keyOf: key.current }).then(
      (data) => setState({ data, isBusy: false }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...before, error: coded(error), isBusy: false }));
      },
    );
  }, [path]);

  useEffect(() => {
    reload();
    const stop = onLive("resync", reload);
    const timer = pollMs === undefined ? undefined : setInterval(reload, pollMs);
    return () => {
      stop();
      clearInterval(timer);
      running.current?.abort();
    };
  }, [reload, pollMs]);

  const { error } = state;
  useEffect(() => retryAfter(error, reload), [error, reload]);

  const more = useCallback(() => {
    shown.current.count += pageSize;
    reload();
  }, [reload, pageSize]);
  return { data: state.data, error: state.error, isBusy: state.isBusy, reload, more };
}
