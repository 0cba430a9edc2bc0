import { createHash } from "node:crypto";
import { figureNames } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { Scenario } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { ScenarioReport } from "../scenario-report.ts";
import type { OrganisationFigures } from "../service-figures.ts";
import { assumptions } from "./assumptions.ts";
import { chart } from "./chart.ts";
import { Markup, markup } from "./markup.ts";
import { hasSpread, shown } from "./shown.ts";
import { style } from "./style.ts";
import { figureWords, type Language, say, words } from "./words.ts";

const styleHash = createHash("sha256").update(style).digest("base64");

/**
 * The report as one page that needs nothing else: no script, nothing fetched. Everything in it is marked as simulated, and
 * numbers of the sources are lines to compare with, never results (C-18 of the domain).
 */
export function reportPage(
  scenario: Scenario,
  report: ScenarioReport,
  { language, version }: { readonly language: Language; readonly version: string },
): string {
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const tag = markup`<b class="tag">${say(words.simulated, language)}</b>`;
  const page = markup`<!doctype html>
<html lang="${language === "en" ? "en" : "zh-CN"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.simulated["zh-CN"]} / ${words.simulated.en}: ${report.scenario}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<p class="simulated">${words.simulated["zh-CN"]} / ${words.simulated.en}</p>
<main>
<h1>${report.scenario}: ${report.title}</h1>
<p>${say(words.nothingMeasured, language)}</p>
${facts(report, { language, version })}
<h2>${say(words.figures, language)}</h2>
${figureTable(report, language, tag)}
<h2>${say(words.distributions, language)}</h2>
<div class="charts">
${charts(scenario, report, language)}</div>
<h2>${say(words.conditions, language)}</h2>
${conditionTable(report, language, tag)}
<h2>${say(words.assumed, language)}</h2>
${assumptions(scenario, language)}
<h2>${say(words.real, language)}</h2>
<p>${say(words.realText, language)}</p>
</main>
</body>
</html>
`;
  return page.text;
}

function facts(
  { seed, from, hours, stepMinutes, machines, organisations }: ScenarioReport,
  { language, version }: { readonly language: Language; readonly version: string },
): Markup {
  const served = organisations.map(
    ({ title, tickets, calls }) =>
      markup`<li>${say(title, language)}: ${tickets} ${say(words.tickets, language)}, ${calls} ${say(words.calls, language)}</li>`,
  );
  return markup`<ul class="facts">
<li>${say(words.span, language)}: ${from}, ${hours} ${say(words.hours, language)}</li>
<li>${machines} ${say(words.machines, language)}</li>
<li>${say(words.steps, language)}: ${stepMinutes}</li>
<li>${say(words.seed, language)}: ${seed}</li>
<li>${say(words.version, language)}: ${version}</li>
${served}
</ul>`;
}

/** Those of which some organisation has anything. */
const toldFigures = ({ organisations }: ScenarioReport) =>
  figureNames.filter((name) => organisations.some(({ figures }) => figures[name].mean !== null));

function figureTable(report: ScenarioReport, language: Language, tag: Markup): Markup {
  const { organisations } = report;
  const heads = organisations.map(
    ({ title }) =>
      markup`<th class="number">${say(title, language)}<br>${say(words.mean, language)} · p50 · p90 (n)</th>`,
  );
  const rows = toldFigures(report).map((name) => {
    const of = figureWords[name];
    const cells = organisations.map(({ figures }) => {
      const { mean, p50, p90, count } = figures[name];
      const spread = hasSpread(count, of)
        ? markup`<small>${shown(p50, of)} · ${shown(p90, of)} (${count})</small>`
        : markup`<small>(${count})</small>`;
      return markup`<td class="number"><b>${shown(mean, of)}</b>${spread}</td>`;
    });
    return markup`<tr><th>${say(of.name, language)} ${say(of.unit, language)}</th>${cells}<td class="number">${changeOf(organisations, name)}</td></tr>
`;
  });
  return markup`<div class="wide"><table><caption>${tag}</caption>
<tr><th>${say(words.figure, language)}</th>${heads}<th class="number">${say(words.change, language)}</th></tr>
${rows}</table></div>`;
}

/** Of the last organisation against the first, in percent. */
function changeOf(
  organisations: readonly OrganisationFigures[],
  name: (typeof figureNames)[number],
): string {
  const before = organisations[0]?.figures[name].mean ?? null;
  const after = organisations.at(-1)?.figures[name].mean ?? null;
  if (organisations.length < 2 || before === null || after === null || before === 0) return "–";
  const percent = (after / before - 1) * 100;
  return `${percent > 0 ? "+" : ""}${percent.toFixed(0)} %`;
}

const charts = (scenario: Scenario, report: ScenarioReport, language: Language) =>
  toldFigures(report).map((name) =>
    chart(figureWords[name], {
      rows: report.organisations.map((organisation) => ({
        ...{ organisation, figure: organisation.figures[name] },
      })),
      references: (scenario.references ?? []).filter(({ figure }) => figure === name),
      language,
    }),
  );

function conditionTable({ conditions }: ScenarioReport, language: Language, tag: Markup): Markup {
  const rows = conditions.map(({ condition, isMet, detail }) => {
    const verdict = isMet
      ? markup`<td class="met">${say(words.met, language)}</td>`
      : markup`<td class="not-met">${say(words.notMet, language)}</td>`;
    return markup`<tr>${verdict}<td>${condition}</td><td>${detail}</td></tr>
`;
  });
  return markup`<div class="wide"><table><caption>${tag}</caption>
${rows}</table></div>`;
}
