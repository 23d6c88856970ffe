import { drawMapChart, mapColours, mapPaper } from './charts/map-chart.ts';
import { formatCount, formatPlural, formatShare } from './format.ts';
import { escapeHtml, nameHtml, sectionHtml, tableHtml } from './page/markup.ts';
import { pageStyle } from './page/style.ts';

/** What the page of discovered personas shows. */
export interface PersonaMapModel {
  readonly title: string;
  readonly messages: number;
  readonly unclustered: number;
  readonly minimumSize: number;
  readonly k: number;
  readonly isForced: boolean;
  readonly silhouette: number;
  readonly stability: number;
  readonly candidates: readonly {
    readonly k: number;
    readonly silhouette: number;
    readonly stability: number;
  }[];
  /** A sample; cluster −1: too small a cluster. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly cluster: number }[];
  readonly separation: readonly {
    readonly a: string;
    readonly b: string;
    readonly accuracy: number;
    readonly distance: number;
    readonly verdict: string;
    readonly advice: string;
  }[];
  readonly personas: readonly MappedPersona[];
}

interface MappedPersona {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly size: number;
  readonly conversations: number;
  readonly silhouette: number;
  readonly terms: readonly { readonly term: string; readonly score: number }[];
  readonly phrases: readonly string[];
  readonly examples: readonly string[];
  readonly tones: Readonly<Record<string, number>>;
  readonly topics: Readonly<Record<string, number>>;
}

/** One self-contained page: no script, no outside request; the same model gives the same bytes. */
export function renderPersonaMap(model: PersonaMapModel): string {
  const sections = [
    { id: 'map', title: 'Map', content: mapContent(model) },
    { id: 'personas', title: 'Personas', content: model.personas.map(personaCard).join('\n') },
    { id: 'separation', title: 'How separable they are', content: separationContent(model) },
    { id: 'choice', title: 'How many', content: choiceContent(model) },
  ];
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Personas in ${escapeHtml(model.title)}</title>
<style>${pageStyle()}${ownStyle()}</style>
</head>
<body>
<header>
<h1>Personas in ${nameHtml(model.title)}</h1>
<p>${formatPlural(model.personas.length, 'persona')} in ${formatCount(model.messages)} messages. Everything was computed on this machine; nothing was sent.</p>
${figures(model)}
</header>
<nav aria-label="Sections"><ul>${links}</ul></nav>
<main>
${sections.map(sectionHtml).join('\n')}
</main>
<footer>Names, terms and prompts come from counts; read the cards in cards/, change what is wrong, then import them.</footer>
</body>
</html>
`;
}

function figures(model: PersonaMapModel): string {
  const items: readonly (readonly [string, string, string])[] = [
    [
      'Messages',
      formatCount(model.messages),
      `${formatCount(model.messages - model.unclustered)} in a persona`,
    ],
    ['Clusters', String(model.k), model.isForced ? 'as asked' : 'chosen by silhouette'],
    ['Silhouette', model.silhouette.toFixed(2), '1: far apart, 0: one cloud'],
    ['Stability', model.stability.toFixed(2), 'agreement of bootstraps, 1: the same each time'],
  ];
  return `<dl class="figures">${items
    .map(([name, value, note]) => `<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`)
    .join('')}</dl>`;
}

function mapContent({ points, personas, unclustered, minimumSize }: PersonaMapModel): string {
  const legend = personas
    .map(
      ({ name, size }, index) => `<li><i class="p${index}"></i>${nameHtml(name)} ${formatCount(size)}</li>`,
    )
    .join('');
  const rest =
    unclustered > 0
      ? `<li><i class="rest"></i>in no persona ${formatCount(unclustered)} (clusters of fewer than ${minimumSize})</li>`
      : '';
  return `<p>Each dot is a message of a sample of ${formatCount(points.length)}; near dots are about similar things in a similar manner. Distances between groups mean little.</p>
<ul class="legend dots">${legend}${rest}</ul>
<figure><div class="canvas">${drawMapChart({
    points,
    names: personas.map(({ name }) => name),
  })}</div></figure>`;
}

function personaCard(persona: MappedPersona, index: number): string {
  const strongest = persona.terms[0]?.score ?? 1;
  const terms = persona.terms
    .map(({ term, score }) => {
      const width = Math.max(4, Math.round((score / strongest) * 100));
      return `<li><span>${nameHtml(term)}</span><i style="width:${width}%" class="p${index}"></i></li>`;
    })
    .join('');
  const quotes = persona.examples.map((text) => `<blockquote>${escapeHtml(text)}</blockquote>`).join('');
  const phrases = persona.phrases.map((phrase) => `<q>${escapeHtml(phrase)}</q>`).join(' ');
  return `<article class="persona" id="persona-${escapeHtml(persona.id)}">
<h3><i class="p${index}"></i>${nameHtml(persona.name)}</h3>
<p class="meta">${formatPlural(persona.size, 'message')} in ${formatPlural(persona.conversations, 'conversation')}, silhouette ${persona.silhouette.toFixed(2)}; ${largest('tone', persona.tones, persona.size)}; ${largest('topic', persona.topics, persona.size)}</p>
<p>${escapeHtml(persona.summary)}</p>
<div class="halves"><div><h4>Terms that set it apart</h4><ul class="terms">${terms}</ul></div>
<div>${phrases ? `<h4>Phrases</h4><p class="phrases">${phrases}</p>` : ''}<h4>Typical messages</h4>${quotes || '<p>None without personal data.</p>'}</div></div>
</article>`;
}

function largest(kind: string, counts: Readonly<Record<string, number>>, size: number): string {
  const [name, count] = Object.entries(counts).toSorted(
    ([a, one], [b, other]) => other - one || (a < b ? -1 : 1),
  )[0] ?? ['none', 0];
  return `${kind} ${escapeHtml(name)} ${formatShare(count / Math.max(1, size))}`;
}

function separationContent({ separation }: PersonaMapModel): string {
  if (separation.length === 0) return '<p>There is one persona only.</p>';
  const similar = separation.filter(({ verdict }) => verdict === 'too similar').length;
  const sentence =
    similar === 0
      ? 'Every pair can be told apart by its words alone: system prompts are enough.'
      : `${formatPlural(similar, 'pair')} can hardly be told apart by words: a prompt will make little difference there; train an adapter, or merge the two.`;
  const rows = separation.map(({ a, b, accuracy, distance, verdict, advice }) => [
    `${nameHtml(a)} – ${nameHtml(b)}`,
    formatShare(accuracy),
    distance.toFixed(2),
    verdict === 'distinct' ? 'distinct' : `<span class="alert">${escapeHtml(verdict)}</span>`,
    escapeHtml(advice),
  ]);
  return `<p class="${similar === 0 ? 'good' : ''}">${sentence}</p>${tableHtml(
    [
      { title: 'Pair', kind: 'text' },
      { title: 'Told apart by words', kind: 'number' },
      { title: 'Distance in radii', kind: 'number' },
      { title: 'Verdict', kind: 'text' },
      { title: 'Advice', kind: 'text' },
    ],
    rows,
  )}`;
}

function choiceContent({ candidates, k }: PersonaMapModel): string {
  return `<div class="compact">${tableHtml(
    [
      { title: 'Clusters', kind: 'text' },
      { title: 'Silhouette', kind: 'number' },
      { title: 'Stability', kind: 'number' },
    ],
    candidates.map((one) => [
      one.k === k ? `<strong>${one.k}</strong> taken` : String(one.k),
      one.silhouette.toFixed(3),
      one.stability.toFixed(3),
    ]),
  )}</div>`;
}

function ownStyle(): string {
  const colours = mapColours
    .map(({ light, dark }, index) => ({ rule: `i.p${index}`, light, dark }))
    .map(({ rule, light, dark }) => ({
      light: `${rule} { background: ${light}; }`,
      dark: `${rule} { background: ${dark}; }`,
    }));
  const charts = mapColours
    .map(({ light, dark }) => `svg.chart [fill="${light}"] { fill: ${dark}; }`)
    .join(' ');
  return `
${colours.map(({ light }) => light).join(' ')} i.rest { background: var(--before); }
@media screen and (prefers-color-scheme: dark) { ${colours.map(({ dark }) => dark).join(' ')} ${charts} svg.chart [stroke="${mapPaper.light}"] { stroke: ${mapPaper.dark}; } }
.dots i, .persona h3 i { width: 12px; height: 12px; border-radius: 50%; display: inline-block; flex: none; }
.persona { border-top: 1px solid var(--line); padding: 1.3rem 0 .6rem; } .persona:first-of-type { border-top: 0; padding-top: 0; }
.persona h3 { display: flex; align-items: center; gap: .5em; margin: 0; font: 600 1.25rem/1.3 var(--serif); } .persona h4 { font-size: .82rem; font-weight: 500; color: var(--quiet); margin: .6rem 0 .3rem; }
.meta { color: var(--quiet); font-size: .85rem; margin: .15rem 0 .6rem; }
.halves { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 0 40px; }
.terms { list-style: none; margin: 0; padding: 0; font-size: .88rem; } .terms li { display: grid; grid-template-columns: 11rem 1fr; align-items: center; gap: .8rem; padding: .12rem 0; } .terms i { height: 9px; display: block; }
.phrases { display: flex; flex-wrap: wrap; gap: .3rem 1rem; font-size: .9rem; margin: 0; } blockquote { margin: 0 0 .6rem; padding: .1rem 0 .1rem .9rem; border-left: 2px solid var(--line); font-size: .9rem; overflow-wrap: anywhere; }
@media (max-width: 860px) { .halves { grid-template-columns: minmax(0, 1fr); } }`;
}
