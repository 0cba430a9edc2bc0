import { type FileMistake, type Token, tokensOf } from "./dbc-tokens.ts";

/** A statement cannot be read. Never leaves the parser. */
export class Refused extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Steps through the words of a DBC; each `read` refuses what is not what it says. */
export class DbcReader {
  readonly mistakes: readonly FileMistake[];
  readonly #tokens: readonly Token[];
  readonly #statements: ReadonlySet<string>;
  #at = 0;

  /** `statements`: words that begin one, where they are the first of a line. */
  constructor(text: string, statements: ReadonlySet<string>) {
    const { tokens, mistakes } = tokensOf(text);
    this.#tokens = tokens;
    this.mistakes = mistakes;
    this.#statements = statements;
  }

  get isAtEnd(): boolean {
    return this.peek.kind === "end";
  }

  get peek(): Token {
    return this.#tokens[this.#at] ?? (this.#tokens.at(-1) as Token);
  }

  get isAtStatement(): boolean {
    const { kind, text, isFirst } = this.peek;
    return kind === "end" || (kind === "word" && isFirst && this.#statements.has(text));
  }

  get isFollowedByColon(): boolean {
    return this.#tokens[this.#at + 1]?.text === ":";
  }

  next(): Token {
    const token = this.peek;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  expect(sign: string): void {
    const { kind, text, line } = this.peek;
    if (text !== sign || kind === "string") throw new Refused(line, this.#instead(`"${sign}"`));
    this.next();
  }

  /** Passes over a word or sign if it is the next one, and says whether it was. */
  skipIf(text: string): boolean {
    const isIt = this.peek.text === text && this.peek.kind !== "string";
    if (isIt) this.next();
    return isIt;
  }

  word(what: string): string {
    return this.#take("word", what).text;
  }

  string(what: string): string {
    return this.#take("string", `${what} in quotes`).text;
  }

  number(what: string): number {
    const value = Number(this.#take("number", `${what}, a number`).text);
    if (Number.isFinite(value)) return value;
    throw new Refused(this.peek.line, `${what} is too large`);
  }

  /** From 0 on. */
  whole(what: string): number {
    const { line } = this.peek;
    const value = this.number(what);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new Refused(line, `${what} must be a whole number from 0 on, not ${value}`);
  }

  /** The value of an attribute: a number or a text. */
  value(): number | string {
    return this.peek.kind === "number" ? this.number("a value") : this.string("a value");
  }

  /** What follows the @ of a signal: 0 or 1, and + or -. The two may be written together. */
  orderAndSign(): [order: string, sign: string] {
    const { line } = this.peek;
    const order = this.#take("number", "0 (big endian) or 1 (little endian)").text;
    const sign = this.next().text;
    if (order !== "0" && order !== "1")
      throw new Refused(
        line,
        `the byte order is 0 (big endian) or 1 (little endian), not ${order}`,
      );
    if (sign !== "+" && sign !== "-")
      throw new Refused(line, `behind the byte order stands + (unsigned) or -, not "${sign}"`);
    return [order, sign];
  }

  /** Names with commas between them, as long as no statement begins. */
  skipNames(): void {
    while ((this.peek.kind === "word" && !this.isAtStatement) || this.peek.text === ",")
      this.next();
  }

  skipPastSemicolon(): void {
    const { line } = this.peek;
    while (this.peek.text !== ";" || this.peek.kind === "string") {
      if (this.isAtStatement) throw new Refused(line, "a statement is not ended by a semicolon");
      this.next();
    }
    this.next();
  }

  /** To where the next statement begins; always moves on from a word that begins none. */
  skipToStatement(): void {
    while (!this.isAtStatement) this.next();
  }

  #take(kind: Token["kind"], what: string): Token {
    if (this.peek.kind !== kind) throw new Refused(this.peek.line, this.#instead(what));
    return this.next();
  }

  #instead(what: string): string {
    const { kind, text } = this.peek;
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    return `here should be ${what}, not ${kind === "end" ? text : `"${shown}"`}`;
  }
}
