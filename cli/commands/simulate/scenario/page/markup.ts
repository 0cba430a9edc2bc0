/** Text that is markup already, so that it is not escaped twice. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => entities[one] ?? one);

function textOf(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "string" || typeof piece === "number") return escaped(String(piece));
  return piece.map(({ text }) => text).join("");
}

/** Markup with everything put into it escaped, in text and in quoted attributes alike. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const rest = pieces.map((piece, at) => `${textOf(piece)}${parts[at + 1] ?? ""}`);
  return new Markup(`${parts[0] ?? ""}${rest.join("")}`);
}
