import { createHash } from "node:crypto";
import { type Language, severityText, textOf } from "./finding-texts.ts";
import type { Finding } from "./findings.ts";
import { gatewayLines } from "./gateway-lines.ts";
import type { Report, ReportedBus, ReportedSignal } from "./inspector.ts";
import { qualityWord, stateWord, word } from "./page-words.ts";

const style = `
:root{color-scheme:light dark;--ink:#16181d;--soft:#5b6270;--line:#d9dde4;--paper:#fff;--ground:#f3f5f8;--fault:#b3261e;--warning:#8a5a00;--note:#3c5a86;--good:#1b6e3c}
@media(prefers-color-scheme:dark){:root{--ink:#eef0f4;--soft:#a3abb9;--line:#343a45;--paper:#1b1f26;--ground:#12151a;--fault:#ff8a80;--warning:#f2c063;--note:#9fc1f5;--good:#7fd6a0}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.45 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:44rem;margin:0 auto;padding:.75rem}
header{display:flex;gap:1rem;align-items:baseline;justify-content:space-between}
h1{font-size:1.25rem;margin:.25rem 0;overflow-wrap:anywhere}
h2{font-size:1rem;margin:1.25rem 0 .5rem;color:var(--soft);font-weight:600}
a{color:var(--note)}
header a{white-space:nowrap;flex:none}
header a,p a,button,.go{display:inline-block;min-height:44px;padding:.6rem .9rem}
ul{list-style:none;margin:0;padding:0;background:var(--paper);border:1px solid var(--line);border-radius:.5rem}
li{padding:.65rem .8rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
li:first-child{border-top:0}
li.row{display:flex;gap:.75rem;justify-content:space-between;align-items:baseline}
.name{flex:1 1 auto;min-width:0}
.value{flex:0 0 auto;max-width:55%;text-align:right;font-variant-numeric:tabular-nums}
.small{display:block;color:var(--soft);font-size:.85rem}
.fault{border-left:.35rem solid var(--fault)}.warning{border-left:.35rem solid var(--warning)}.note{border-left:.35rem solid var(--note)}
.mark{font-weight:600;margin-right:.4rem}
.fault .mark,.bad{color:var(--fault)}.warning .mark{color:var(--warning)}.note .mark{color:var(--note)}
code{font:.95em ui-monospace,monospace;color:var(--ink);white-space:nowrap}
.well{color:var(--good);font-weight:600;margin:.75rem 0}
form{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.8rem}
input{font:inherit;padding:.6rem;width:9rem;min-height:44px;border:1px solid var(--line);border-radius:.4rem;background:var(--ground);color:var(--ink)}
button,.go{font:inherit;border:0;border-radius:.4rem;background:var(--note);color:var(--paper);text-decoration:none}
label{display:block;margin:.5rem 0 .25rem}
`;

/** Nothing but this page's own style may be loaded or run. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "img-src data:",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Names, details and titles come from files and from the bus. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => entities[letter] ?? "");

const refreshSeconds = 3;
/** Before this nothing is called missing. */
const settledMs = 12_000;

/** The page itself; whole HTML, no script. */
export function pageOf(report: Report, language: Language): string {
  const titles = new Map(report.signals.map(({ name, title }) => [name, title[language]]));
  const titleOf = (name: string) => titles.get(name) ?? name;
  const body = [
    heading(word(language, "title", { id: report.gatewayId }), "/", language),
    verdict(report, language),
    list(
      word(language, hasWork(report) ? "faults" : "notes"),
      report.findings.map((finding) => findingItem(finding, language, titleOf)),
    ),
    list(
      word(language, "buses"),
      report.buses.map((bus) => busItem(bus, language)),
    ),
    list(word(language, "gateway"), gatewayItems(report, language)),
    `<p><a class="go" href="/look?lang=${language}">${word(language, "look")}</a></p>`,
    ...signalLists(report, language),
  ];
  return document(body.join("\n"), language, { title: report.gatewayId, refreshes: true });
}

/** Where the code is asked for. */
export function lookPageOf(language: Language, problem: "wrongCode" | "lockedOut" | ""): string {
  const complaint = problem ? `<p class="bad" role="alert">${word(language, problem)}</p>` : "";
  const body = `${heading(word(language, "look"), "/look", language)}
<p>${word(language, "lookAbout")}</p>
<form method="post" action="/look?lang=${language}">${complaint}
<label for="code">${word(language, "code")}</label>
<input id="code" name="code" inputmode="numeric" autocomplete="off" maxlength="6" required autofocus>
<button>${word(language, "go")}</button></form>
<p><a href="/?lang=${language}">${word(language, "back")}</a></p>`;
  return document(body, language, { title: word(language, "look"), refreshes: false });
}

function document(
  body: string,
  language: Language,
  { title, refreshes }: { readonly title: string; readonly refreshes: boolean },
): string {
  const refresh = refreshes ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : "";
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">${refresh}
<title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><main>
${body}
</main></body></html>`;
}

function heading(text: string, path: string, language: Language): string {
  const other = language === "en" ? "zh-CN" : "en";
  const link = `<a href="${path}?lang=${other}" hreflang="${other}">${word(language, "other")}</a>`;
  return `<header><h1>${escaped(text)}</h1>${link}</header>`;
}

const hasWork = ({ findings }: Pick<Report, "findings">): boolean =>
  findings.some(({ severity }) => severity !== "note");

function verdict({ findings, watchedMs }: Report, language: Language): string {
  const seconds = Math.round(watchedMs / 1_000);
  if (hasWork({ findings })) return "";
  return watchedMs < settledMs
    ? `<p>${word(language, "watching", { seconds })}</p>`
    : `<p class="well">${word(language, "allWell")}</p>`;
}

const list = (title: string, items: readonly string[]): string =>
  items.length === 0 ? "" : `<h2>${escaped(title)}</h2><ul>${items.join("")}</ul>`;

function findingItem(
  finding: Finding,
  language: Language,
  titleOf: (name: string) => string,
): string {
  const { is, todo } = textOf(finding, language, titleOf);
  const { severity, code } = finding;
  const mark = `<span class="mark">${severityText(language, severity)}</span>`;
  return `<li class="${severity}" data-finding="${code}">${mark}${escaped(is)}<span class="small">${coded(escaped(todo))}</span></li>`;
}

/** What goes into a file stands out. */
const coded = (text: string): string => text.replace(/`([^`]+)`/g, "<code>$1</code>");

function busItem(bus: ReportedBus, language: Language): string {
  const { machineId, source, state, perSecond, silentMs } = bus;
  const isSilent = perSecond === 0 && silentMs > 3_000;
  const rate = isSilent
    ? `<span class="bad">${word(language, "silent")}</span>`
    : word(language, "perSecond", { rate: perSecond });
  return row(
    `${escaped(source)}<span class="small">${escaped(machineId)}</span>`,
    `${rate}<span class="small">${escaped(stateWord(language, state))}</span>`,
  );
}

const gatewayItems = (report: Report, language: Language): string[] =>
  gatewayLines(report, language).map(({ name, value, detail, isBad }) => {
    const shown = isBad ? `<span class="bad">${escaped(value)}</span>` : escaped(value);
    return row(escaped(name), `${shown}${detail === "" ? "" : small(escaped(detail))}`);
  });

function signalLists({ signals }: Report, language: Language): string[] {
  const machines = [...new Set(signals.map(({ machineId }) => machineId))];
  return machines.map((machineId) =>
    list(
      `${word(language, "signals")} · ${machineId}`,
      signals
        .filter((signal) => signal.machineId === machineId)
        .map((signal) => signalItem(signal, language)),
    ),
  );
}

function signalItem(signal: ReportedSignal, language: Language): string {
  const { name, title, unit, value, quality, ageMs } = signal;
  const seconds = Math.round((ageMs ?? 0) / 1_000);
  const age = ageMs === null ? "" : small(word(language, "ago", { seconds }));
  const shown = `${escaped(title[language])}${small(escaped(name))}`;
  if (quality === null) return row(shown, `<span class="bad">${word(language, "never")}</span>`);
  if (value === null)
    return row(shown, `<span class="bad">${escaped(qualityWord(language, quality))}</span>${age}`);
  return row(shown, `${Number(value.toPrecision(6))} ${escaped(unit)}${age}`);
}

const small = (text: string): string => `<span class="small">${text}</span>`;
const row = (name: string, value: string): string =>
  `<li class="row"><span class="name">${name}</span><span class="value">${value}</span></li>`;
