/** Some lines of a recording, and what they hold. Microseconds since 1970. */
export interface RawPiece {
  readonly text: string;
  readonly records: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** Collects lines into pieces, so that writing a recording never holds up anything else. */
export function* piecesOf(
  lines: Iterable<{ readonly us: number; readonly text: string }>,
  linesPerPiece: number,
): Generator<RawPiece> {
  let text = "";
  let records = 0;
  let firstUs = 0;
  let lastUs = 0;
  for (const line of lines) {
    if (records === 0) firstUs = line.us;
    text += line.text;
    lastUs = line.us;
    if (++records < linesPerPiece) continue;
    yield { text, records, firstUs, lastUs };
    text = "";
    records = 0;
  }
  if (records > 0) yield { text, records, firstUs, lastUs };
}
