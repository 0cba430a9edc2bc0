/** One mistake on the command line. */
export interface Problem {
  readonly option: string;
  /** Within a sentence that begins with the option. */
  readonly message: string;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads the values of options and gathers what is wrong with them; a value that is wrong comes back as NaN. */
export class ValueReader {
  readonly problems: Problem[] = [];

  fail(option: string, message: string): number {
    this.problems.push({ option, message });
    return Number.NaN;
  }

  whole(option: string, text: string, { min, max }: { min: number; max: number }): number {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    return this.fail(option, `"${text}" is no whole number from ${min} to ${max}`);
  }

  /** Milliseconds of `500ms`, `5s`, `2m`, `1h`. */
  time(option: string, text: string, { canBeZero = false } = {}): number {
    const [, count = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
    const ms = Number(count) * (units[unit] ?? 0);
    if (count !== "" && (ms >= 1 || (canBeZero && ms === 0))) return ms;
    return this.fail(option, `"${text}" is no time: write it with its unit, as 500ms, 5s, 2m, 1h`);
  }

  /** 0.05 of `5%`. */
  share(option: string, text: string): number {
    return this.#percent(option, text) / 100;
  }

  /** A count of `all`: a number as it is, or a share of them, rounded up. */
  part(option: string, text: string, all: number): number {
    if (text.endsWith("%")) return Math.ceil((this.#percent(option, text) * all) / 100);
    const most = Number.isNaN(all) ? Number.MAX_SAFE_INTEGER : all;
    return this.whole(option, text, { min: 1, max: most });
  }

  #percent(option: string, text: string): number {
    const [, percent = ""] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
    const value = Number(percent);
    if (percent !== "" && value > 0 && value <= 100) return value;
    return this.fail(option, `"${text}" is no share: write it in percent, as 5%`);
  }
}
