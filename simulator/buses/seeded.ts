/** 32 bits that depend on a text alone (FNV-1a), so that what is drawn for one thing does not shift with another. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193);
  }
  // Texts that differ in their last letter alone would else be close together.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** A number in [0, 1) that depends on a text alone. */
export const shareOf = (text: string): number => hashOf(text) / 2 ** 32;
