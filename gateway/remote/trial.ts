/**
 * The life of configurations that a hub sends: tried, confirmed or rolled back. Pure: states in, states out; what is
 * returned is to be on disk before anything is done about it.
 */
import type {
  ConfigurationName,
  ConfigurationOutcome,
  ConfigurationProblem,
} from "@firebreak/wire/configuration.ts";

/** One configuration with its text. */
export interface LayerDocument extends ConfigurationName {
  readonly text: string;
}

export interface RemoteState {
  readonly format: 1;
  /** What the gateway goes back to; null: its own file alone. */
  readonly confirmed: LayerDocument | null;
  /** What it runs on while it waits for the hub's word, and how often it has started on it. */
  readonly trial: (LayerDocument & { readonly starts: number }) | null;
  /** What came of the configuration with the highest number so far. */
  readonly newest: ConfigurationOutcome | null;
}

export const noLayer: RemoteState = { format: 1, confirmed: null, trial: null, newest: null };

/** A gateway that has lost its power or its process so often during one trial goes back. */
export const maxStarts = 3;

/** Whether two are one configuration; null: the gateway's own file alone. */
export const isSame = (one: ConfigurationName | null, other: ConfigurationName | null): boolean =>
  one?.version === other?.version && one?.hash === other?.hash;

/** What lies over the file now. */
export const inForce = ({ trial, confirmed }: RemoteState): LayerDocument | null =>
  trial ?? confirmed;

/** Whether a `try` is news: one that came before, or that an older number has overtaken, changes nothing. */
export const isNews = ({ newest }: RemoteState, { version }: ConfigurationName): boolean =>
  newest === null || version > newest.version;

/** It has mistakes, or must not be used. What runs goes on; a trial of an older one too. */
export const refuse = (
  state: RemoteState,
  { version, hash }: ConfigurationName,
  { reason, problems = [] }: { reason: string; problems?: readonly ConfigurationProblem[] },
): RemoteState => ({
  ...state,
  newest: { version, hash, state: "refused", reason, problems },
});

/** Begins the trial of a checked configuration; one that is still on trial gives way, and is never gone back to. */
export const begin = (state: RemoteState, document: LayerDocument): RemoteState => ({
  ...state,
  trial: { ...document, starts: 1 },
  newest: outcome(document, "trying"),
});

/** The hub's word. Of another configuration than the one on trial it means nothing. */
export function confirm(state: RemoteState, named: ConfigurationName): RemoteState {
  const { trial } = state;
  if (trial === null || !isSame(trial, named)) return state;
  const { starts: _, ...confirmed } = trial;
  const isNewest = state.newest?.version === named.version;
  return {
    ...state,
    confirmed,
    trial: null,
    newest: isNewest ? outcome(confirmed, "confirmed") : state.newest,
  };
}

/** Ends a trial without success; without one nothing changes. */
export function rollBack(
  state: RemoteState,
  { reason, problems = [] }: { reason: string; problems?: readonly ConfigurationProblem[] },
): RemoteState {
  const { trial } = state;
  if (trial === null) return state;
  const isNewest = state.newest?.version === trial.version;
  return {
    ...state,
    trial: null,
    newest: isNewest
      ? { ...outcome(trial, "rolled-back"), reason: reason || "no reason was given", problems }
      : state.newest,
  };
}

/** The process starts: a trial under way begins anew, but not for ever. */
export function restarted(state: RemoteState): RemoteState {
  const { trial } = state;
  if (trial === null) return state;
  if (trial.starts >= maxStarts)
    return rollBack(state, {
      reason: `the gateway ended ${maxStarts} times before the hub had confirmed it`,
    });
  return { ...state, trial: { ...trial, starts: trial.starts + 1 } };
}

/** The confirmed one cannot be used any more, because the gateway's own file or its software has changed. */
export function dropConfirmed(
  state: RemoteState,
  { reason, problems }: { reason: string; problems: readonly ConfigurationProblem[] },
): RemoteState {
  const { confirmed, newest } = state;
  if (confirmed === null) return state;
  const isNewest = newest?.version === confirmed.version;
  return {
    ...state,
    confirmed: null,
    newest: isNewest ? { ...outcome(confirmed, "rolled-back"), reason, problems } : newest,
  };
}

const outcome = (
  { version, hash }: ConfigurationName,
  state: ConfigurationOutcome["state"],
): ConfigurationOutcome => ({ version, hash, state, reason: "", problems: [] });
