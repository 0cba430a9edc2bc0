import { useCallback, useState } from "preact/hooks";
import { ApiError } from "../api-client.ts";

export interface Attempt {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  /** What came of the work; undefined when it failed (`error` says why). */
  readonly attempt: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;
}

/** Work that is not an order with an id of its own. */
export function useAttempt(): Attempt {
  const [state, setState] = useState<{ isBusy: boolean; error?: ApiError }>({ isBusy: false });
  const attempt = useCallback(async <Result>(work: () => Promise<Result>) => {
    setState({ isBusy: true });
    try {
      const result = await work();
      setState({ isBusy: false });
      return result;
    } catch (error) {
      const coded = error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0);
      setState({ isBusy: false, error: coded });
      return undefined;
    }
  }, []);
  return { isBusy: state.isBusy, error: state.error, attempt };
}
