import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, get } from "../api-client.ts";
import { onLive } from "./live-events.ts";
import { coded, retryAfter } from "./retry.ts";

export interface Resource<Reply> {
  /** What came last; it stays while the next answer is awaited or fails, so that no page goes blank. */
  readonly data: Reply | undefined;
  readonly error: ApiError | undefined;
  readonly reload: () => void;
  readonly replace: (change: (before: Reply) => Reply) => void;
}

/**
 * Fetches a path of the interface, again when it changes, after missed events, after a failure that may pass, and every
 * `pollMs` if given.
 */
export function useResource<Reply>(path: string | undefined, pollMs?: number): Resource<Reply> {
  const [state, setState] = useState<{ data?: Reply; error?: ApiError }>({});
  const running = useRef<AbortController>(undefined);

  const reload = useCallback(() => {
    if (path === undefined) return;
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    get<Reply>(path, abort.signal).then(
      (data) => setState({ data }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...before, error: coded(error) }));
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

  const replace = useCallback((change: (before: Reply) => Reply) => {
    setState((before) =>
      before.data === undefined ? before : { ...before, data: change(before.data) },
    );
  }, []);
  return { data: state.data, error: state.error, reload, replace };
}
