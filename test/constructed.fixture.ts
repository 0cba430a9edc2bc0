import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./product.fixture.ts";

/** One frame of a constructed recording: `<CAN id>#<data>`, hexadecimal. */
export type Frame = string;

/** Engine running at 902 rpm (EEC1, SPN 190). */
export const running: Frame = "0CF00400#F0FFA1301CFFFFFF";

/** Temperature of the coolant (ET1, SPN 110) in °C. */
export const coolant = (celsius: number): Frame => `18FEEE00#${byte(celsius + 40)}FFFFFFFFFFFFFF`;

/** Oil pressure (EFL/P1, SPN 100) in kPa, a multiple of 4. */
export const oilPressure = (kPa: number): Frame => `18FEEF00#FFFFFF${byte(kPa / 4)}FFFFFFFF`;

/** One active trouble code with the amber lamp on, said by a source address (DM1). */
export function activeCode(spn: number, fmi: number, sa = 0): Frame {
  const last = ((spn >> 16) << 5) | fmi;
  return `18FECA${byte(sa)}#04FF${byte(spn & 0xff)}${byte((spn >> 8) & 0xff)}${byte(last)}01FFFF`;
}

export const noCode = (sa = 0): Frame => `18FECA${byte(sa)}#00FF00000000FFFF`;

const byte = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");

/** A recording of so many tenths of a second: what `say` gives for each of them goes onto the bus then. */
export function recordingOf(
  name: string,
  tenths: number,
  say: (tenth: number) => readonly Frame[],
): string {
  const lines: string[] = [];
  for (let tenth = 0; tenth < tenths; tenth++) {
    const t = (tenth / 10).toFixed(6).padStart(17, "0");
    for (const frame of say(tenth)) lines.push(`(${t}) can0 ${frame}`);
  }
  const file = join(temporaryFolder("constructed"), `${name}.log`);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}
