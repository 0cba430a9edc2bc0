import type { Reference } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { Figure, OrganisationFigures } from "../service-figures.ts";
import { type Markup, markup } from "./markup.ts";
import { type FigureWords, hasSpread, shown } from "./shown.ts";
import { type Language, say, words } from "./words.ts";

/** Room behind the longest bar. */
const headroom = 1.08;
const height = 12;

/**
 * One figure: a bar of its mean for each organisation with its median and 90th percentile, and the sources' numbers as
 * dashed lines. Bars are stretched to the page; words stand beside them, so that they are as large as all others.
 */
export function chart(
  of: FigureWords,
  given: {
    readonly rows: readonly {
      readonly organisation: OrganisationFigures;
      readonly figure: Figure;
    }[];
    readonly references: readonly Reference[];
    readonly language: Language;
  },
): Markup {
  const { rows, references, language } = given;
  const values = [
    ...rows.flatMap(({ figure: { mean, p90, count } }) => [
      mean ?? 0,
      hasSpread(count, of) ? (p90 ?? 0) : 0,
    ]),
    ...references.map(({ value }) => value),
  ];
  const most = Math.max(...values) * headroom || 1;
  const x = (value: number) => ((value / most) * 100).toFixed(2);
  const bars = rows.map(({ organisation, figure }, at) => {
    const own = references.filter(({ organisation: name }) => name === organisation.name);
    return markup`<li><p class="who">${say(organisation.title, language)}</p>
<svg viewBox="0 0 100 ${height}" preserveAspectRatio="none" aria-hidden="true">
${barOf(figure, { x, at, isSpread: hasSpread(figure.count, of) })}${own.map(({ value }) => line("reference", x(value)))}</svg>
<p class="numbers">${numbersOf(figure, of, language)}</p>
${own.map((one) => referenceOf(one, of, language))}</li>`;
  });
  return markup`<figure><figcaption>${say(of.name, language)} <b class="tag">${say(words.simulated, language)}</b></figcaption>
<ul>${bars}</ul></figure>
`;
}

function barOf(
  { mean, p50, p90 }: Figure,
  of: { readonly x: (value: number) => string; readonly at: number; readonly isSpread: boolean },
): readonly Markup[] {
  if (mean === null) return [];
  const { x, at, isSpread } = of;
  const bar = markup`<rect class="bar bar-${at % 4}" x="0" y="1" width="${x(mean)}" height="${height - 2}"/>`;
  if (!isSpread || p50 === null || p90 === null) return [bar];
  return [bar, line("p50", x(p50)), line("p90", x(p90))];
}

const line = (kind: string, at: string): Markup =>
  markup`<line class="${kind}" x1="${at}" x2="${at}" y1="0" y2="${height}"/>`;

function numbersOf({ mean, p50, p90, count }: Figure, of: FigureWords, language: Language): Markup {
  if (mean === null) return markup`–`;
  const told = markup`<b>${shown(mean, of)}</b> ${say(of.unit, language)}`;
  if (!hasSpread(count, of)) return markup`${told} · n ${count}`;
  return markup`${told} · <span class="key p50-key">p50</span> ${shown(p50, of)} · <span class="key p90-key">p90</span> ${shown(p90, of)} · n ${count}`;
}

const referenceOf = ({ value, source }: Reference, of: FigureWords, language: Language): Markup =>
  markup`<p class="reference-note"><span class="key reference-key">┆</span> ${shown(value, of)} ${say(of.unit, language)} ${say(source, language)}: ${say(words.reference, language)}</p>`;
