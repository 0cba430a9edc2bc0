/** What happened in a window that ends now: onsets one by one, time in parts of the window. Plain JSON, bounded. */
export interface SlidingWindow {
  /** Begins of the stays that count, oldest first; at most `mostOnsets`. */
  readonly onsetsNs: number[];
  /** Time spent beyond, by part of the window, and which part the newest is. */
  readonly parts: number[];
  part: number;
  totalNs: number;
}

export const mostOnsets = 64;
/** The window moves on by this share of itself (engineering default). */
const partCount = 24;

export const emptyWindow = (): SlidingWindow => ({
  onsetsNs: [],
  parts: new Array<number>(partCount).fill(0),
  part: 0,
  totalNs: 0,
});

/** Lets go of what is older than the window. */
export function moveWindow(window: SlidingWindow, windowNs: number, timeNs: number): void {
  const { onsetsNs, parts } = window;
  while (onsetsNs.length > 0 && timeNs - (onsetsNs[0] ?? timeNs) > windowNs) onsetsNs.shift();
  const part = Math.floor(timeNs / (windowNs / partCount));
  if (part === window.part) return;
  const passed = Math.min(partCount, Math.abs(part - window.part));
  for (let step = 0; step < passed; step++) parts[placeOf(part - step)] = 0;
  window.part = part;
  window.totalNs = 0;
  for (const one of parts) window.totalNs += one;
}

/** Adds time that was spent beyond, up to now; the window must have been moved. */
export function spendInWindow(window: SlidingWindow, ns: number): void {
  const place = placeOf(window.part);
  window.parts[place] = (window.parts[place] ?? 0) + ns;
  window.totalNs += ns;
}

export function noteOnset({ onsetsNs }: SlidingWindow, timeNs: number): void {
  onsetsNs.push(timeNs);
  if (onsetsNs.length > mostOnsets) onsetsNs.shift();
}

const placeOf = (part: number): number => ((part % partCount) + partCount) % partCount;
