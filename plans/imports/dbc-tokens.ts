export interface Token {
  readonly kind: "word" | "number" | "string" | "sign" | "end";
  /** Without quotes, for a string. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** First of its line: where a statement may begin. */
  readonly isFirst: boolean;
}

/** A mistake in an imported file. */
export interface FileMistake {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

const space = /[ \t\r\n\f\v\ufeff]+/y;
const word = /[A-Za-z_][A-Za-z0-9_-]*/y;
const number = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const string = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;

/** Cuts a DBC into words, numbers, strings and signs. Never throws; time and memory grow with the text alone. */
export function tokensOf(text: string): { tokens: Token[]; mistakes: FileMistake[] } {
  const tokens: Token[] = [];
  const mistakes: FileMistake[] = [];
  let line = 1;
  let isFirst = true;
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const blank = match(space);
    if (blank !== undefined) {
      const breaks = countBreaks(blank);
      line += breaks;
      isFirst ||= breaks > 0;
      at += blank.length;
      continue;
    }
    const token = match(string) ?? match(word) ?? match(number) ?? text[at] ?? "";
    if (token === '"') {
      mistakes.push({ line, message: "a text begins here and never ends" });
      break;
    }
    const isString = token.startsWith('"');
    const kind = isString ? "string" : kindOf(token);
    const content = isString ? token.slice(1, -1).replaceAll(/\\(["\\])/g, "$1") : token;
    tokens.push({ kind, text: content, line, isFirst });
    if (isString) line += countBreaks(token);
    isFirst = false;
    at += token.length;
  }
  tokens.push({ kind: "end", text: "the end of the file", line, isFirst: true });
  return { tokens, mistakes };
}

function kindOf(token: string): Token["kind"] {
  if (/^[A-Za-z_]/.test(token)) return "word";
  return /\d/.test(token) ? "number" : "sign";
}

function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
