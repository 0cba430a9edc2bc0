import type { Site } from "./organisation-data.ts";

type Peaks = Site["peakPeriods"];

/** When more is asked of a machine than at other times. */
export const PeakList = ({ peaks }: { peaks: Peaks }) => (
  <ul class="plain-list">
    {peaks.map(({ from, to, note }) => (
      <li key={`${from} ${to}`}>
        {from} – {to}
        {note !== undefined && <small class="faint"> {note}</small>}
      </li>
    ))}
  </ul>
);

/** Periods as lines that can be edited: `2026-03-01 2026-06-30 what for`. Pure. */
export const peaksToText = (peaks: Peaks): string =>
  peaks.map(({ from, to, note }) => [from, to, note ?? ""].join(" ").trim()).join("\n");

/** Lines that do not begin with two days are left out. Pure. */
export const textToPeaks = (text: string): Peaks =>
  text.split("\n").flatMap((line) => {
    const found = /^\s*(\d{4}-\d{2}-\d{2})[\s~至–-]+(\d{4}-\d{2}-\d{2})\s*(.*)$/u.exec(line);
    if (!found?.[1] || !found[2]) return [];
    const note = found[3]?.trim() ?? "";
    return [{ from: found[1], to: found[2], ...(note === "" ? {} : { note }) }];
  });
