/** The message alone, bounded: it is kept with the machine's state. */
export const faultOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200);
