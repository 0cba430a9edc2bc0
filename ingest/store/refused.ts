/** Which of the samples that the database refused; absent: any. */
export interface RefusedFilter {
  readonly machineId?: string | undefined;
  /** In the database's own words, the whole of them. */
  readonly reason?: string | undefined;
}

/** Samples by age. */
export interface RefusedQuery extends RefusedFilter {
  /** Behind this one; 0: from the first. */
  readonly after: number;
  readonly limit: number;
}

/** One sample that the database refused. */
export interface RefusedSample {
  readonly id: number;
  readonly machineId: string;
  readonly reason: string;
  /** When it was refused first, ISO. */
  readonly since: string;
  /** As it was sent. */
  readonly line: string;
}

/** Why not all that was asked for was tried. */
export const retryStops = ["store-away", "under-way", "more"] as const;

export interface RefusedRetry {
  /** How many the database took now. */
  readonly taken: number;
  /** Of those asked for, how many can be tried and wait still. */
  readonly waiting: number;
  /** Null: all were tried. */
  readonly stopped: (typeof retryStops)[number] | null;
}

/** Of a store that refuses no single sample. */
export const nothingRefused = {
  refused: async (_query: RefusedQuery): Promise<readonly RefusedSample[]> => [],
  retryRefused: async (_filter?: RefusedFilter): Promise<RefusedRetry> => ({
    taken: 0,
    waiting: 0,
    stopped: null,
  }),
};
