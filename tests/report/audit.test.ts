import { expect, test } from 'vitest';

import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { renderText } from '../../src/report/text.ts';
import { sampleModel } from './support/sample-model.ts';

const hostile = '<img src=x onerror=alert(1)>|\u001b[31m';

test('the corrected shares stand in every report, with their intervals', () => {
  const model = sampleModel({ audit: true });
  const text = renderText(model, { width: 100, color: false });
  expect(text).toContain('audit of 400 labelled rows: empathetic_counselor 15.4% counted, corrected 12.1%');
  expect(text.split('\n').length).toBeLessThanOrEqual(40);
  const markdown = renderMarkdown(model);
  expect(markdown).toContain('| code_expert | 60 | 18.2% | 20.1% | 17.6–23.1% | 90.0% | 98.5% |');
  expect(markdown).toContain('| poet | 0 | 1.2% | – | – | – | 99.0% |');
  expect(renderHtml(model)).toContain('17.6–23.1%');
});

test('without an audit set nothing is said of one', () => {
  const model = sampleModel();
  expect(renderText(model, { width: 100, color: false })).not.toContain('audit');
  expect(renderMarkdown(model)).not.toContain('Audit');
  expect(renderHtml(model)).not.toContain('id="audit"');
});

test('names and files from data stay inert', () => {
  const model = sampleModel({ audit: true, hostile });
  for (const page of [
    renderHtml(model),
    renderMarkdown(model),
    renderText(model, { width: 100, color: false }),
  ]) {
    expect(page).not.toContain('\u001b');
  }
  expect(renderHtml(model)).not.toContain('<img src=x');
  expect(renderMarkdown(model)).not.toMatch(/[^\\]<img/);
});
