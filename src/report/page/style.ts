import { colours } from '../charts/colours.ts';

/** The page's whole style sheet: system fonts, light and dark by the reader's preference, light on paper. */
export function pageStyle(): string {
  return `${baseStyle}\n${partStyle}\n@media (prefers-color-scheme: dark) { @media screen {\n${darkPage}\n${darkCharts()}\n} }\n${printStyle}`;
}

const baseStyle = `
:root { color-scheme: light dark; --paper: #fcfcfa; --card: #ffffff; --ink: #1b2330; --quiet: #5a6473; --line: #e3e6ea;
  --accent: #22628f; --alert: #a8401f; --alert-paper: #fdf3ee; --before: #8b95a3; --band: #f3ead6; --band-edge: #b29a5e;
  --kept: #22628f; --left: #b9c1cb; --dup: #d3c6a4; --cut: #cf9d84; --bad: #a8401f;
  --serif: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Source Serif 4', Georgia, serif;
  --sans: Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'DejaVu Sans', sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
* { box-sizing: border-box; }
html { scroll-padding-top: 3.75rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 var(--sans); font-variant-numeric: tabular-nums; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .22em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
header, main, footer, nav ul { max-width: 1104px; margin: 0 auto; padding: 0 32px; }
h1, h2 { font-family: var(--serif); font-weight: 600; letter-spacing: -.01em; text-wrap: balance; }
h1 { font-size: clamp(1.7rem, 4.2vw, 2.6rem); line-height: 1.15; margin: .35rem 0 .6rem; max-width: 30ch; }
h2 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .4rem; }
h3 { font-size: .86rem; font-weight: 600; margin: 1.6rem 0 .3rem; }
p { margin: 0 0 .8rem; max-width: 68ch; }
code { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.eyebrow { font-size: .78rem; letter-spacing: .06em; color: var(--quiet); margin: 0; }
header { padding-top: 3.25rem; padding-bottom: 1.75rem; }
section { padding: 2.6rem 0 1.2rem; border-top: 1px solid var(--line); }
section:first-of-type { border-top: 0; padding-top: 1.6rem; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; color: var(--quiet); font-size: .82rem; border-top: 1px solid var(--line); }
nav { position: sticky; top: 0; z-index: 1; background: color-mix(in srgb, var(--paper) 94%, transparent); backdrop-filter: blur(6px); border-block: 1px solid var(--line); }
nav ul { list-style: none; display: flex; gap: 1.35rem; overflow-x: auto; scrollbar-width: none; padding-block: .55rem; font-size: .85rem; white-space: nowrap; }
nav a { color: var(--quiet); text-decoration: none; padding: .2rem 0; display: block; }
nav a:hover { color: var(--ink); }`;

const partStyle = `
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1.1rem 2rem; margin: 1.6rem 0 0; }
.figures div { border-top: 2px solid var(--ink); padding-top: .5rem; }
.figures dt { font-size: .8rem; color: var(--quiet); }
.figures dd { margin: 0; font: 600 1.5rem/1.25 var(--serif); }
.figures small { display: block; font: 400 .8rem/1.4 var(--sans); color: var(--quiet); }
.stack { display: flex; height: 26px; margin: 1.1rem 0 .8rem; gap: 2px; }
.stack span { min-width: 2px; }
.kept { background: var(--kept); } .left { background: var(--left); } .dup { background: var(--dup); } .cut { background: var(--cut); } .bad { background: var(--bad); }
.keys { list-style: none; display: flex; flex-wrap: wrap; gap: .35rem 1.6rem; margin: 0 0 1rem; padding: 0; font-size: .86rem; }
.keys i { display: inline-block; width: 11px; height: 11px; margin-right: .5em; }
.keys b { font-weight: 600; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; padding: 0; margin: .1rem 0 1.1rem; font-size: .82rem; color: var(--quiet); }
.legend li { display: flex; align-items: center; gap: .5em; }
.legend i { display: inline-block; }
.legend .a { width: 22px; height: 9px; background: var(--accent); }
.legend .b { width: 22px; height: 4px; background: var(--before); }
.legend .t { width: 2px; height: 16px; background: var(--ink); }
.legend .r { width: 10px; height: 10px; border: 1.5px solid var(--alert); border-radius: 50%; }
.legend .n { width: 18px; height: 16px; background: var(--band); border-inline: 1px solid var(--band-edge); }
.legend .w { color: var(--alert); font-style: normal; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.6rem 40px; }
.panels { columns: 2; column-gap: 40px; margin-bottom: .8rem; }
figure { margin: 0 0 1.5rem; break-inside: avoid; }
figcaption { font-size: .86rem; font-weight: 600; padding-bottom: .35rem; margin-bottom: .3rem; border-bottom: 1px solid var(--line); display: flex; justify-content: space-between; gap: 1rem; }
figcaption span { font-weight: 400; color: var(--quiet); }
.canvas, .scroll { overflow-x: auto; }
svg.chart { display: block; width: 100%; height: auto; min-width: min(var(--native), 430px); font-family: var(--sans); }
.wide svg.chart { min-width: min(var(--native), 860px); }
.notice { border-left: 3px solid var(--alert); background: var(--alert-paper); padding: 1rem 1.3rem .6rem; margin: 0 0 1.2rem; }
.notice h3 { color: var(--alert); font-size: .95rem; margin-top: 0; }
.block { margin-bottom: 1rem; }
.focus { display: block; min-width: 18rem; }
.notice ul { margin: 0 0 .7rem; padding-left: 1.1rem; } .notice li { margin-bottom: .25rem; }
.good { border-left: 3px solid var(--accent); padding: .1rem 1.3rem; }
details { margin: 0 0 1.2rem; }
summary { cursor: pointer; font-size: .86rem; color: var(--quiet); padding: .4rem 0; }
summary:hover { color: var(--ink); }
table { border-collapse: collapse; width: 100%; font-size: .82rem; line-height: 1.4; }
th, td { padding: .32rem .55rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 500; color: var(--quiet); border-bottom-color: var(--quiet); vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 9rem; max-width: 22rem; overflow-wrap: break-word; }
.compact { max-width: 34rem; }
tbody tr:hover { background: color-mix(in srgb, var(--accent) 6%, transparent); }
.number { text-align: right; } td.number { white-space: nowrap; } td.text { min-width: 6rem; overflow-wrap: anywhere; }
.alert { color: var(--alert); font-weight: 600; }
@media (max-width: 860px) { .pair { grid-template-columns: minmax(0, 1fr); } .panels { columns: 1; } header, main, footer, nav ul { padding-left: 18px; padding-right: 18px; } header { padding-top: 2rem; } }`;

const darkPage = `:root { --paper: #12161c; --card: #171c24; --ink: #e8eaee; --quiet: #a3acba; --line: #2c343f; --accent: #6fb1df; --alert: #ff9a76;
  --alert-paper: #2a1d18; --before: #7d8898; --band: #3a3425; --band-edge: #a08b55; --kept: #6fb1df; --left: #4b5665; --dup: #7d7046; --cut: #96604a; --bad: #ff9a76; }`;

function darkCharts(): string {
  return Object.values(colours)
    .map(
      ({ light, dark }) =>
        `svg.chart [fill="${light}"] { fill: ${dark}; } svg.chart [stroke="${light}"] { stroke: ${dark}; }`,
    )
    .join('\n');
}

const printStyle = `@media print { nav { display: none; } body { font-size: 10pt; background: #fff; } header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  section { break-inside: auto; padding: 1.2rem 0 .4rem; } h2, figcaption { break-after: avoid; } tr { break-inside: avoid; } .canvas, .scroll { overflow: visible; }
  svg.chart { min-width: 0; } table { font-size: 7.5pt; } th, td { padding: .2rem .3rem; } * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } details::details-content { content-visibility: visible; block-size: auto; } }`;
