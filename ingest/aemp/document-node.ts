/** A part of a document, whether it came as XML or as JSON. Names are in lower case and without a namespace. */
export interface DocumentNode {
  readonly name: string;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly DocumentNode[];
}

/** Bounds of a document: of a hundred machines with every element they are far away. */
export const documentLimits = {
  bytes: 8 * 1024 * 1024,
  depth: 16,
  nodes: 200_000,
  textLength: 2_000,
} as const;

export const childrenOf = (node: DocumentNode, name: string): readonly DocumentNode[] =>
  node.children.filter((child) => child.name === name.toLowerCase());

/** A value of a part, as an attribute or as a child; the first of them. Undefined where it is not there or is empty. */
export function fieldOf(node: DocumentNode, name: string): string | undefined {
  const key = name.toLowerCase();
  const text =
    node.attributes.get(key) ?? node.children.find((child) => child.name === key)?.text.trim();
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}
