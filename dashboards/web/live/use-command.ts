import { useCallback, useRef, useState } from "preact/hooks";
import { ApiError, post } from "../api-client.ts";
import { Unanswered } from "./unanswered.ts";

export interface Command {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  /**
   * Posts `body` with a command id of its own. Undefined when it failed (`error` says why). The same path and body again
   * after a failure go out under the same id, so that an answer lost on the way does nothing twice.
   */
  readonly run: <Reply>(path: string, body?: object) => Promise<Reply | undefined>;
}

export interface OwnCommand extends Command {
  /** As `run`, for orders that are answered with nothing: whether it was done. */
  readonly done: (path: string, body?: object) => Promise<boolean>;
}

/** One form's or button's order to the interface. */
export function useCommand(): OwnCommand {
  const [state, setState] = useState<{ isBusy: boolean; error?: ApiError }>({ isBusy: false });
  const unanswered = useRef(new Unanswered());

  const attempt = useCallback(async <Reply>(path: string, body: object = {}) => {
    const intention = `${path} ${JSON.stringify(body)}`;
    const [commandId] = unanswered.current.idsFor(intention, 1);
    setState({ isBusy: true });
    try {
      const reply = await post<Reply>(path, { ...body, commandId });
      unanswered.current.answered();
      setState({ isBusy: false });
      return { reply };
    } catch (error) {
      const coded = error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0);
      setState({ isBusy: false, error: coded });
      return undefined;
    }
  }, []);
  const run = useCallback(
    async <Reply>(path: string, body?: object) => (await attempt<Reply>(path, body))?.reply,
    [attempt],
  );
  const done = useCallback(
    async (path: string, body?: object) => (await attempt(path, body)) !== undefined,
    [attempt],
  );
  return { ...state, error: state.error, run, done };
}
