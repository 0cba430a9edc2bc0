/** A part that a repair needs at least this likely is kept for it at once. Pages say so, hence no imports here. */
export const RESERVED_FROM = 0.5;
