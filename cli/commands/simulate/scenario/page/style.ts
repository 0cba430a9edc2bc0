/** Of the report page: from a phone to a wall, without anything fetched. */
export const style = `
:root { color-scheme: light; --ink: #1b2733; --soft: #5b6b7a; --line: #d5dde4; --mark: #8a4b00; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #f6f8fa; font: clamp(15px, 0.55vw + 10px, 22px)/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
.simulated { position: sticky; top: 0; z-index: 1; padding: 0.5em 1em; color: #fff; background: var(--mark); font-weight: 600; }
main { max-width: 110em; margin: 0 auto; padding: 0.5em 1em 3em; }
h1 { font-size: 1.5em; line-height: 1.25; }
h2 { margin: 1.8em 0 0.5em; font-size: 1.2em; }
h3 { margin: 1.2em 0 0.4em; font-size: 1em; }
.facts { margin: 0; padding: 0; list-style: none; color: var(--soft); }
.facts li { display: inline-block; margin-right: 1.4em; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; background: #fff; }
caption { padding: 0.3em 0; text-align: left; }
th, td { padding: 0.35em 0.6em; border: 1px solid var(--line); text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
td small { display: block; color: var(--soft); }
@media (min-width: 60em) { tr > th:first-child { min-width: 22em; } }
.tag { padding: 0 0.4em; border: 1px solid var(--mark); border-radius: 3px; color: var(--mark); font-size: 0.85em; font-weight: 600; white-space: nowrap; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22em), 1fr)); gap: 1em; }
figure { margin: 0; padding: 0.8em 1em; background: #fff; border: 1px solid var(--line); border-radius: 4px; }
figcaption { font-weight: 600; }
figure ul { margin: 0; padding: 0; list-style: none; }
figure p { margin: 0.3em 0 0; }
.who { color: var(--soft); }
svg { display: block; width: 100%; height: 1.6em; background: #eef2f5; }
.bar-0 { fill: #9aa7b3; } .bar-1 { fill: #1f7a8c; } .bar-2 { fill: #7a6bb0; } .bar-3 { fill: #4b8b3b; }
line { stroke-width: 2; vector-effect: non-scaling-stroke; }
.p50 { stroke: #1b2733; } .p90 { stroke: #c2410c; } .reference { stroke: #b00058; stroke-dasharray: 5 4; }
.key { font-weight: 600; } .p90-key { color: #c2410c; } .reference-key, .reference-note { color: #b00058; }
.met { color: #1c6b2f; } .not-met { color: #b00020; font-weight: 600; }
@media print { .simulated { position: static; } }
`;
