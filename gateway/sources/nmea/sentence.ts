/** One sentence whose checksum was right. */
export interface Sentence {
  /** `GP`, `GN`, `BD`…: which system speaks. */
  readonly talker: string;
  /** `RMC`, `GGA`… */
  readonly type: string;
  /** What stands between the commas, from the first after the address on. */
  readonly fields: readonly string[];
}

export type SentenceProblem =
  | "does not begin with $"
  | "too long"
  | "no checksum"
  | "wrong checksum"
  | "not ASCII"
  | "no address of five letters";

/** 82 characters by the standard; modern receivers write more. */
const longest = 160;

/**
 * Reads one line without its end. Only sentences with a right checksum count: a serial line has no other protection.
 * @see NMEA 0183 4.10, 5.3: `$`, address, fields apart by commas, `*`, exclusive or of all between as two hex digits
 */
export function parseSentence(line: string): Sentence | SentenceProblem {
  if (line.length > longest) return "too long";
  if (!line.startsWith("$")) return "does not begin with $";
  const star = line.lastIndexOf("*");
  const given = star < 0 ? "" : line.slice(star + 1);
  if (!/^[0-9A-Fa-f]{2}$/.test(given)) return "no checksum";
  let sum = 0;
  for (let at = 1; at < star; at++) {
    const code = line.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return "not ASCII";
    sum ^= code;
  }
  if (sum !== Number.parseInt(given, 16)) return "wrong checksum";
  const [address = "", ...fields] = line.slice(1, star).split(",");
  if (!/^[A-Z]{2}[A-Z0-9]{3}$/.test(address)) return "no address of five letters";
  return { talker: address.slice(0, 2), type: address.slice(2), fields };
}

/**
 * Cuts what comes over a serial line into lines and gives each to `onLine`. Remembers at most one line; one that grows
 * too long is thrown away up to its end and counted.
 */
export function createLineCutter(onLine: (line: string) => void) {
  let text = "";
  let isOverlong = false;
  let overlong = 0;
  return {
    get overlong(): number {
      return overlong;
    },
    feed(bytes: Uint8Array): void {
      for (const byte of bytes) {
        if (byte === 0x0a || byte === 0x0d) {
          if (text !== "" && !isOverlong) onLine(text);
          text = "";
          isOverlong = false;
        } else if (byte === 0x24 /* $ */) {
          // A new sentence begins whatever was before: half a line after a gap must not spoil the next.
          text = "$";
          isOverlong = false;
        } else if (text.length < longest) text += String.fromCharCode(byte);
        else if (!isOverlong) {
          isOverlong = true;
          overlong++;
        }
      }
    },
  };
}
