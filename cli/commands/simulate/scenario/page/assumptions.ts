import type { Organisation } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { Scenario } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import { type Markup, markup } from "./markup.ts";
import { habitWords, type Language, say, type Words, words } from "./words.ts";

interface Assumption {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

/** Every number that the scenario assumes, with the word of where it comes from. */
export function assumptions(scenario: Scenario, language: Language): Markup {
  const { organisations = [], faultDraw } = scenario;
  const tag = markup`<b class="tag">${say(words.simulated, language)}</b>`;
  const tables = organisations.map(
    (organisation) => markup`<h3>${say(organisation.title, language)}</h3>
${habitTable(organisation, language, tag)}
${stockTable(organisation, language, tag)}`,
  );
  return markup`${tables}${faultDraw ? faultTable(faultDraw, language, tag) : markup``}`;
}

const yes: Words = { en: "yes", "zh-CN": "有" };
const no: Words = { en: "no", "zh-CN": "无" };

function habitTable(organisation: Organisation, language: Language, tag: Markup): Markup {
  const rows = habitsOf(organisation).map(
    ({ name, value, source }) =>
      markup`<tr><th>${say(habitWords[name] ?? { en: name, "zh-CN": name }, language)}</th><td class="number">${value === "yes" ? say(yes, language) : value === "no" ? say(no, language) : value}</td><td>${source}</td></tr>
`,
  );
  return markup`<div class="wide"><table><caption>${tag}</caption>
<tr><th></th><th class="number">${say(words.value, language)}</th><th>${say(words.source, language)}</th></tr>
${rows}</table></div>`;
}

function habitsOf({ people, telemetry, restockDays, stockSource }: Organisation): Assumption[] {
  const named = (name: string, isSo: boolean): Assumption => ({
    ...{ name, value: isSo ? "yes" : "no", source: "" },
  });
  const habits = Object.entries(people ?? {}).map(([name, habit]) =>
    typeof habit === "boolean"
      ? named(name, habit)
      : { name, value: String(habit.value), source: habit.source },
  );
  const { value, source } = restockDays;
  return [
    named("telemetry", telemetry),
    ...habits,
    { name: "restockDays", value: String(value), source },
    { name: "stock", value: "", source: stockSource },
  ];
}

function stockTable({ stock }: Organisation, language: Language, tag: Markup): Markup {
  const places = Object.keys(stock);
  if (places.length === 0) return markup``;
  const parts = [...new Set(Object.values(stock).flatMap((one) => Object.keys(one)))].sort();
  const heads = places.map((place) => markup`<th class="number">${place}</th>`);
  const rows = parts.map((part) => {
    const cells = places.map(
      (place) => markup`<td class="number">${stock[place]?.[part] ?? 0}</td>`,
    );
    return markup`<tr><th>${part}</th>${cells}</tr>
`;
  });
  return markup`<div class="wide"><table><caption>${say(words.stock, language)} ${tag}</caption>
<tr><th>${say(words.part, language)}</th>${heads}</tr>
${rows}</table></div>`;
}

function faultTable(
  { perMachineMonth, mix }: NonNullable<Scenario["faultDraw"]>,
  language: Language,
  tag: Markup,
): Markup {
  const rows = mix.map(
    ({ fault, weight, cause, lifeHours }) =>
      markup`<tr><th>${fault}</th><td class="number">${weight}</td><td>${cause}</td><td class="number">${lifeHours ?? say(words.drawn, language)}</td></tr>
`,
  );
  return markup`<h3>${say(words.faults, language)}</h3>
<p>${perMachineMonth.value} / 30 d: ${perMachineMonth.source}</p>
<div class="wide"><table><caption>${tag}</caption>
<tr><th>${say(words.fault, language)}</th><th class="number">${say(words.weight, language)}</th><th>${say(words.cause, language)}</th><th class="number">${say(words.lives, language)}</th></tr>
${rows}</table></div>`;
}
