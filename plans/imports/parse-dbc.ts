import { checkDbc } from "./check-dbc.ts";
import type { Dbc, DbcMessage, DbcSignal } from "./dbc.ts";
import { applyAttributes, type DbcAttribute } from "./dbc-attributes.ts";
import { DbcReader, Refused } from "./dbc-reader.ts";
import type { FileMistake } from "./dbc-tokens.ts";

/** Vector's place for signals that belong to no message. */
const noMessage = 0xc0000000;
const extendedFlag = 0x80000000;
const largestExtendedId = 0x1fffffff;
const largestStandardId = 0x7ff;
const mostMistakes = 100;

/** Statements that may stand at the start of a line; those without a reader say nothing that is needed. */
const passedOver = new Set([
  "VERSION",
  "BS_",
  "VAL_TABLE_",
  "BO_TX_BU_",
  "EV_",
  "ENVVAR_DATA_",
  "EV_DATA_",
  "SGTYPE_",
  "SGTYPE_VAL_",
  "SIG_GROUP_",
  "SIG_TYPE_REF_",
  "SIGTYPE_VALTYPE_",
  "BA_DEF_SGTYPE_",
  "BA_SGTYPE_",
  "BA_DEF_REL_",
  "BA_REL_",
  "BA_DEF_DEF_REL_",
  "BU_SG_REL_",
  "BU_EV_REL_",
  "BU_BO_REL_",
  "CAT_DEF_",
  "CAT_",
  "FILTER",
]);
const withoutSemicolon = new Set(["VERSION", "BS_"]);

interface State {
  readonly reader: DbcReader;
  readonly messages: Map<number, DbcMessage>;
  readonly attributes: DbcAttribute[];
  /** Signals of a message are read into this one. */
  open: DbcMessage | undefined;
}

const readers: Readonly<Record<string, (state: State) => void>> = {
  NS_: readSymbols,
  BU_: readNodes,
  BO_: readMessage,
  SG_: readSignal,
  CM_: readComment,
  VAL_: readValueNames,
  SIG_VALTYPE_: readValueType,
  SG_MUL_VAL_: readMultiplexing,
  BA_DEF_: readDefinition,
  BA_DEF_DEF_: readDefault,
  BA_: readAttribute,
};

/**
 * Reads a DBC: messages, signals with multiplexing of both kinds, floats, comments, and the attributes that say J1939.
 * Every mistake is told with its line, at most a hundred of them; the contents are only there when there is none.
 * Never throws, whatever the text is.
 */
export function parseDbc(
  text: string,
): { readonly dbc: Dbc } | { readonly mistakes: readonly FileMistake[] } {
  const reader = new DbcReader(text, new Set([...Object.keys(readers), ...passedOver]));
  const mistakes: FileMistake[] = [...reader.mistakes];
  const state: State = { reader, messages: new Map(), attributes: [], open: undefined };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      mistakes.push({ line: error.line, message: error.message });
      reader.skipToStatement();
    }
  };
  while (!reader.isAtEnd && mistakes.length < mostMistakes) attempt(() => readStatement(state));
  if (state.messages.size === 0 && mistakes.length === 0)
    mistakes.push({ line: 1, message: "there is no message (BO_) in this file" });
  const messages = [...state.messages.values()].filter(({ id }) => id !== noMessage);
  mistakes.push(...applyAttributes(messages, state.attributes), ...checkDbc(messages));
  if (mistakes.length === 0) return { dbc: { messages } };
  return { mistakes: mistakes.toSorted((a, b) => a.line - b.line).slice(0, mostMistakes) };
}

function readStatement(state: State): void {
  const { reader } = state;
  const { text, line } = reader.next();
  const read = Object.hasOwn(readers, text) ? readers[text] : undefined;
  if (text !== "SG_") state.open = undefined;
  if (read) read(state);
  else if (withoutSemicolon.has(text)) reader.skipToStatement();
  else if (passedOver.has(text)) reader.skipPastSemicolon();
  else throw new Refused(line, `"${text.slice(0, 40)}" is no statement of a DBC`);
}

/** The list of statement names that a file may use; a name followed by a colon is the next statement. */
function readSymbols({ reader }: State): void {
  reader.expect(":");
  while (reader.peek.kind === "word" && !reader.isFollowedByColon) reader.next();
}

function readNodes({ reader }: State): void {
  reader.expect(":");
  while (reader.peek.kind === "word" && !reader.isAtStatement) reader.next();
}

function readMessage(state: State): void {
  const { reader, messages } = state;
  const { line } = reader.peek;
  const stated = reader.whole("an identifier");
  const name = reader.word("the message's name");
  reader.expect(":");
  const length = reader.whole("the length of the message");
  if (reader.peek.kind === "word" && !reader.isAtStatement) reader.next();
  const isExtended = stated >= extendedFlag && stated !== noMessage;
  const id = isExtended ? stated - extendedFlag : stated;
  const most = isExtended ? largestExtendedId : largestStandardId;
  const message: DbcMessage = {
    id,
    isExtended,
    name,
    line,
    length,
    signals: [],
    comment: "",
    isJ1939: false,
  };
  state.open = message;
  if (id > most && id !== noMessage)
    throw new Refused(line, `${stated} is no identifier; 29-bit ones have ${extendedFlag} added`);
  const before = messages.get(keyOf(message));
  if (before) throw new Refused(line, `identifier ${stated} is that of "${before.name}" already`);
  messages.set(keyOf(message), message);
}

const keyOf = ({ id, isExtended }: Pick<DbcMessage, "id" | "isExtended">): number =>
  isExtended ? id + extendedFlag : id;

function readSignal({ reader, open }: State): void {
  const { line } = reader.peek;
  const name = reader.word("the signal's name");
  if (open === undefined) throw new Refused(line, `signal "${name}" stands in no message`);
  const multiplexing = reader.peek.kind === "word" ? reader.next().text : "";
  const parts = /^(?:m(\d{1,10}))?(M)?$/.exec(multiplexing);
  if (parts === null)
    throw new Refused(line, `"${multiplexing}" is no multiplexing; it is M, m0, m1 … or m1M`);
  reader.expect(":");
  const startBit = reader.whole("the start bit");
  reader.expect("|");
  const bits = reader.whole("the count of bits");
  reader.expect("@");
  const [order, sign] = reader.orderAndSign();
  reader.expect("(");
  const scale = reader.number("the factor");
  reader.expect(",");
  const offset = reader.number("the offset");
  reader.expect(")");
  reader.expect("[");
  const min = reader.number("the least value");
  reader.expect("|");
  const max = reader.number("the greatest value");
  reader.expect("]");
  const unit = reader.string("the unit");
  reader.skipNames();
  if (open.signals.some((one) => one.name === name))
    throw new Refused(line, `"${open.name}" has a signal "${name}" already`);
  open.signals.push({
    name,
    line,
    startBit,
    bits,
    byteOrder: order === "1" ? "little" : "big",
    isSigned: sign === "-",
    isFloat: false,
    scale,
    offset,
    min,
    max,
    unit,
    isMultiplexor: parts[2] === "M",
    multiplexValue: parts[1] === undefined ? undefined : Number(parts[1]),
    condition: undefined,
    comment: "",
    spn: 0,
    startValue: undefined,
    hasValueNames: false,
  });
}

function readComment(state: State): void {
  const { reader } = state;
  const about = reader.peek.kind === "word" ? reader.next().text : "";
  if (about === "BO_") {
    const message = messageAt(state);
    const comment = reader.string("the comment");
    if (message) message.comment = comment;
  } else if (about === "SG_") {
    const signal = signalAt(state);
    const comment = reader.string("the comment");
    if (signal) signal.comment = comment;
  }
  reader.skipPastSemicolon();
}

function readValueNames(state: State): void {
  const { reader } = state;
  // Names of an environment variable's values say nothing of a message.
  if (reader.peek.kind === "number") {
    const signal = signalAt(state);
    if (signal) signal.hasValueNames = true;
  }
  reader.skipPastSemicolon();
}

function readValueType(state: State): void {
  const { reader } = state;
  const { line } = reader.peek;
  const signal = signalAt(state);
  reader.skipIf(":");
  const type = reader.whole("the type of the value");
  if (type > 3)
    throw new Refused(line, `${type} is no type of a value: 0 integer, 1 float, 2 double`);
  const bits = type === 1 ? 32 : 64;
  if (signal && (type === 1 || type === 2)) {
    if (signal.bits !== bits)
      throw new Refused(
        line,
        `"${signal.name}" has ${signal.bits} bits, a float of type ${type} ${bits}`,
      );
    signal.isFloat = true;
  }
  reader.skipPastSemicolon();
}

function readMultiplexing(state: State): void {
  const { reader } = state;
  const signal = signalAt(state);
  const { line } = reader.peek;
  const multiplexor = reader.word("the signal that it depends on");
  const values: [number, number][] = [];
  do {
    const from = reader.whole("the first value");
    // "1-3" reads as the numbers 1 and -3.
    reader.skipIf("-");
    const to = Math.abs(reader.number("the last value"));
    if (to < from) throw new Refused(line, `the range ${from}-${to} is empty`);
    values.push([from, to]);
  } while (reader.skipIf(","));
  if (signal) signal.condition = { signal: multiplexor, values };
  reader.expect(";");
}

function readDefinition({ reader, attributes }: State): void {
  const { line } = reader.peek;
  if (reader.peek.kind === "word") reader.next();
  const name = reader.string("the attribute's name");
  const choices: string[] = [];
  if (reader.skipIf("ENUM"))
    while (reader.peek.kind === "string") {
      choices.push(reader.next().text);
      reader.skipIf(",");
    }
  attributes.push({ kind: "definition", line, name, choices });
  reader.skipPastSemicolon();
}

function readDefault({ reader, attributes }: State): void {
  const { line } = reader.peek;
  const name = reader.string("the attribute's name");
  attributes.push({ kind: "default", line, name, value: reader.value() });
  reader.skipPastSemicolon();
}

function readAttribute(state: State): void {
  const { reader, attributes } = state;
  const { line } = reader.peek;
  const name = reader.string("the attribute's name");
  const about = reader.peek.kind === "word" ? reader.next().text : "";
  const message = about === "BO_" ? messageAt(state) : undefined;
  const signal = about === "SG_" ? signalAt(state) : undefined;
  if (about === "BU_" || about === "EV_") reader.next();
  const value = reader.value();
  if (about === "") attributes.push({ kind: "network", line, name, value });
  if (message) attributes.push({ kind: "message", line, name, value, message });
  if (signal) attributes.push({ kind: "signal", line, name, value, signal });
  reader.skipPastSemicolon();
}

/** The message that a statement speaks of; undefined for the place of signals without one. */
function messageAt({ reader, messages }: State): DbcMessage | undefined {
  const { line } = reader.peek;
  const id = reader.whole("the identifier of a message");
  const message = messages.get(id);
  if (message === undefined && id !== noMessage)
    throw new Refused(line, `there is no message ${id}`);
  return message;
}

function signalAt(state: State): DbcSignal | undefined {
  const { line } = state.reader.peek;
  const message = messageAt(state);
  const name = state.reader.word("the name of a signal");
  const signal = message?.signals.find((one) => one.name === name);
  if (message && signal === undefined)
    throw new Refused(line, `"${message.name}" has no signal "${name}"`);
  return signal;
}
