/** Keys that are told of at all. */
const mostKeys = 256;
const hourNs = 3_600_000_000_000n;

/**
 * Says of what is repeated whether it is news: once for each change, and of one key at most `perHour` times an hour of
 * the machine's time, so that what changes without end (two control units that quarrel over an address) fills no spool.
 */
export class News {
  readonly #perHour: number;
  readonly #known = new Map<string, { said: string; sinceNs: bigint; told: number }>();

  constructor(perHour: number) {
    this.#perHour = perHour;
  }

  isNews(key: string, said: string, timeNs: bigint): boolean {
    const known = this.#known.get(key);
    if (known?.said === said) return false;
    if (known === undefined && this.#known.size >= mostKeys) return false;
    const isNewHour = known === undefined || timeNs - known.sinceNs >= hourNs;
    const { sinceNs, told } = isNewHour ? { sinceNs: timeNs, told: 0 } : known;
    if (told >= this.#perHour) return false;
    this.#known.set(key, { said, sinceNs, told: told + 1 });
    return true;
  }
}
