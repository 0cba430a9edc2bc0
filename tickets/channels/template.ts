/** What a template may name: a closed set, every value a text. */
export const placeholders = [
  "title",
  "text",
  "kind",
  "priority",
  "ticketId",
  "machineId",
  "link",
  "deliveryId",
  "at",
  "language",
  "recipientId",
  "phone",
  "email",
] as const;

export type Placeholder = (typeof placeholders)[number];
export type TemplateValues = Readonly<Record<Placeholder, string>> & {
  readonly secrets: Readonly<Record<string, string>>;
};

const pattern = /\{\{\s*([^{}]*?)\s*\}\}/g;

export const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(pattern)].map(([, name]) => name ?? "");

/** Names in a template that mean nothing; `secret.<name>` for each of `secrets` does. */
export function unknownPlaceholders(template: unknown, secrets: readonly string[]): string[] {
  const known = new Set<string>([...placeholders, ...secrets.map((name) => `secret.${name}`)]);
  return textsOf(template).flatMap((text) =>
    placeholdersIn(text).filter((name) => !known.has(name)),
  );
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
  return [];
}

function textOf(name: string, values: TemplateValues): string {
  if (name.startsWith("secret.")) return values.secrets[name.slice("secret.".length)] ?? "";
  const known = placeholders.find((placeholder) => placeholder === name);
  return known === undefined ? "" : values[known];
}

/** One pass: what a value brings in is never looked at again, placeholders included. */
const fill = (template: string, values: TemplateValues, encode: (text: string) => string) =>
  template.replace(pattern, (_all, name: string) => encode(textOf(name, values)));

/**
 * The template with its texts filled in, as a value: it is the JSON (or form) writer that turns it into characters, so
 * no text of a person can end a string or begin a member.
 */
export function fillBody(template: unknown, values: TemplateValues): unknown {
  if (typeof template === "string") return fill(template, values, (text) => text);
  if (Array.isArray(template)) return template.map((inner) => fillBody(inner, values));
  if (typeof template === "object" && template !== null)
    return Object.fromEntries(
      Object.entries(template).map(([key, inner]) => [key, fillBody(inner, values)]),
    );
  return template;
}

/** Placeholders become one part of a path or one value of a query: `/`, `?`, `&` and `#` in them are encoded. */
export function fillUrl(template: string, values: TemplateValues): URL {
  // Dots alone would climb in the path, whether or not they are encoded.
  const part = (text: string) =>
    /^\.+$/.test(text) ? "_" : encodeURIComponent(text.toWellFormed());
  return new URL(fill(template, values, part));
}

/** A header is one line of printable ASCII; everything else in a value is percent-encoded. */
export const fillHeader = (template: string, values: TemplateValues): string =>
  fill(template, values, (text) =>
    text.toWellFormed().replace(/[^\x20-\x7e]+/g, (run) => encodeURIComponent(run)),
  );

const html: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and attribute values alike. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => html[character] ?? "");

/** One line without control characters, for subjects and names of senders. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
