import { formatSpan } from "../format.ts";
import type { Gap } from "../gaps.ts";
import { interruptionText, noSamplesText } from "../gateway-text.ts";
import { language } from "../i18n/language.ts";

const most = 4;

/** The longest gaps of a chart in words: when, how long, and why. */
export function GapList({ gaps }: { gaps: readonly Gap[] }) {
  if (gaps.length === 0) return null;
  const longest = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, most);
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  return (
    <ul class="plain gaps" data-testid="gaps">
      {longest
        .sort((a, b) => a.from - b.from)
        .map(({ from, to, cause }) => (
          <li key={from} data-gap={cause?.cause ?? "unknown"}>
            <span class="faint">{formatSpan(iso(from), iso(to), language.value)}</span>
            <span>{cause ? interruptionText(cause) : noSamplesText()}</span>
          </li>
        ))}
    </ul>
  );
}
