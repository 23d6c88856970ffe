import type { ReportModel } from './model.ts';
import { categorySection, personaSection, sourceSection, traitSection } from './page/axis-section.ts';
import {
  auditSection,
  flowSection,
  outputSection,
  qualitySection,
  troubleSection,
} from './page/detail-sections.ts';
import { escapeHtml, sectionHtml } from './page/markup.ts';
import { accountingSection, headerHtml, targetSection } from './page/overview.ts';
import { pageStyle } from './page/style.ts';

/** One self-contained page: no script, no outside request; the same model gives the same bytes. */
export function renderHtml(model: ReportModel): string {
  const sections = [
    accountingSection(model),
    targetSection(model),
    categorySection(model),
    personaSection(model),
    traitSection(model),
    flowSection(model),
    sourceSection(model),
    qualitySection(model),
    auditSection(model),
    troubleSection(model),
    outputSection(model),
  ].filter((section) => section !== null);
  const links = sections.map(({ id }) => `<li><a href="#${id}">${shortTitles[id] ?? id}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What happened: ${escapeHtml(model.run.configPath)}</title>
<style>${pageStyle()}</style>
</head>
<body>
${headerHtml(model)}
<nav aria-label="Sections"><ul>${links.join('')}</ul></nav>
<main>
${sections.map(sectionHtml).join('\n')}
</main>
<footer>Classifier counts are estimates. Written by tag-datasets ${escapeHtml(model.run.toolVersion)}, seed ${model.run.seed}, config ${escapeHtml(model.run.configHash)}.</footer>
</body>
</html>
`;
}

const shortTitles: Readonly<Record<string, string>> = {
  accounting: 'Rows',
  targets: 'Targets',
  categories: 'Categories',
  personas: 'Personas',
  traits: 'Traits',
  flow: 'Flow',
  sources: 'Sources',
  quality: 'Confidence',
  audit: 'Audit',
  trouble: 'Left out',
  output: 'Output',
};
