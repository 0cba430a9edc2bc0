import { CodedError } from "@firebreak/kit/coded-error.ts";
import { XMLParser } from "fast-xml-parser";
import { type DocumentNode, documentLimits as limits } from "./document-node.ts";

type XmlPart = Readonly<Record<string, unknown>>;

/** Only what documents of this standard need: the five entities of XML itself and characters by number. */
const xml = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: limits.depth,
  processEntities: { enabled: true, maxEntityCount: 1, maxTotalExpansions: 100_000 },
});

/**
 * A document as a tree, XML or JSON, told by how it begins. What declares types or entities of its own is refused before
 * it is parsed. @throws CodedError AEMP_DOCUMENT, never anything else
 */
export function parseDocument(text: string): DocumentNode {
  try {
    if (Buffer.byteLength(text) > limits.bytes) throw refused("it is larger than 8 MiB");
    const start = text.replace(/^\uFEFF/, "").trimStart();
    return start.startsWith("{") || start.startsWith("[") ? parseJson(start) : parseXml(start);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw unreadable(error);
  }
}

const refused = (why: string) => new CodedError("AEMP_DOCUMENT", `the document is refused: ${why}`);
const unreadable = (cause: unknown) =>
  new CodedError("AEMP_DOCUMENT", `the document cannot be read (${wordsOf(cause)})`, { cause });
/** A parser may put the document's own text into its message. */
const wordsOf = (cause: unknown): string =>
  String(cause instanceof Error ? cause.message : "no error")
    .replace(/\p{Cc}/gu, " ")
    .slice(0, 120);

function parseXml(text: string): DocumentNode {
  if (/<!(?!--|\[CDATA\[)/.test(text)) throw refused("it declares a document type");
  checkOpenTags(text);
  const parts: unknown = xml.parse(text, true);
  if (!Array.isArray(parts)) throw refused("it has no root element");
  const budget = { nodes: limits.nodes };
  const roots = (parts as XmlPart[]).flatMap((part) => fromXml(part, budget, 0) ?? []);
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw refused("it has not exactly one root element");
  return root;
}

/** The parser builds its tree whole: what is too large a tree is refused before that. */
function checkOpenTags(text: string): void {
  let count = 0;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at + 1)) {
    if (++count > 2 * limits.nodes) throw refused("it has too many elements");
  }
}

function fromXml(
  part: XmlPart,
  budget: { nodes: number },
  depth: number,
): DocumentNode | undefined {
  if (depth > limits.depth) throw refused("its elements lie too deep");
  if (--budget.nodes < 0) throw refused("it has too many elements");
  const name = Object.keys(part).find((key) => key !== ":@");
  if (name === undefined || name === "#text") return undefined;
  const inside = part[name];
  const below = Array.isArray(inside) ? (inside as XmlPart[]) : [];
  const text = below.map((one) => ("#text" in one ? String(one["#text"]) : "")).join("");
  const children = below.flatMap((one) => fromXml(one, budget, depth + 1) ?? []);
  const attributes = Object.entries((part[":@"] ?? {}) as XmlPart);
  return {
    name: name.toLowerCase(),
    text: text.slice(0, limits.textLength),
    attributes: new Map(
      attributes.map(([key, value]) => [
        key.toLowerCase(),
        String(value).slice(0, limits.textLength),
      ]),
    ),
    children,
  };
}

function parseJson(text: string): DocumentNode {
  checkJsonDepth(text);
  const value: unknown = JSON.parse(text);
  // A fleet without machines shows by its keys alone.
  const isFleet = Object.keys(value ?? {}).some((key) => /^(equipment|links)$/i.test(key));
  return fromJson(isFleet ? "fleet" : "", value, { nodes: limits.nodes });
}

/** Before the parser of the platform recurses into it. */
function checkJsonDepth(text: string): void {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (isInText) {
      if (sign === 92) at++;
      else if (sign === 34) isInText = false;
    } else if (sign === 34) isInText = true;
    else if (sign === 123 || sign === 91) {
      if (++depth > 2 * limits.depth) throw refused("its parts lie too deep");
    } else if (sign === 125 || sign === 93) depth--;
  }
}

function fromJson(name: string, value: unknown, budget: { nodes: number }): DocumentNode {
  if (--budget.nodes < 0) throw refused("it has too many parts");
  const isText = value === null || typeof value !== "object";
  const text = isText && value !== null ? String(value).slice(0, limits.textLength) : "";
  const children = Array.isArray(value)
    ? value.map((one: unknown) => fromJson(name, one, budget))
    : Object.entries(isText ? {} : value).flatMap(([key, inside]: [string, unknown]) => {
        const below = key.replace(/^[@$]/, "").replace(/^.*:/, "").toLowerCase();
        if (!Array.isArray(inside)) return [fromJson(below, inside, budget)];
        return inside.map((one: unknown) => fromJson(below, one, budget));
      });
  return { name, text, attributes: new Map(), children };
}
