import { expect, test } from 'vitest';

import { renderHtml } from '../../src/report/html.ts';
import { sampleModel } from './support/sample-model.ts';

const hostile = `\u001b[31m<script>alert("1")</script>\u202E'&\u0000`;

test('names from data are inert: no markup, no control character, no bidi override', () => {
  const html = renderHtml(sampleModel({ hostile }));
  expect(html).not.toMatch(/<script/i);
  // eslint-disable-next-line no-control-regex
  expect(html).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
  const shown = '␛[31m&lt;script&gt;alert(&quot;1&quot;)&lt;/<wbr>script&gt;⟨U+202E⟩&#39;&amp;␀';
  expect(html.includes(shown)).toBe(true);
  expect(tagNames(html)).toEqual(tagNames(renderHtml(sampleModel())));
});

test('the page asks for nothing from outside and runs no script', () => {
  const html = renderHtml(sampleModel());
  const withoutNamespace = html.replaceAll('xmlns="http://www.w3.org/2000/svg"', '');
  expect(withoutNamespace).not.toMatch(/https?:|\bsrc=|@import|url\((?!#)|javascript:| on[a-z]+="/);
});

test('the same model gives the same bytes, whatever was drawn before', () => {
  const first = renderHtml(sampleModel());
  renderHtml(sampleModel({ sources: 79, personas: 7 }));
  expect(renderHtml(sampleModel()) === first).toBe(true);
});

test('every id stands once and every reference leads to one', () => {
  const html = renderHtml(sampleModel({ sources: 79 }));
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(ids).size).toBe(ids.length);
  const references = [
    ...[...html.matchAll(/ href="#([^"]+)"/g)].map((match) => match[1]),
    ...[...html.matchAll(/ aria-labelledby="([^"]+)"/g)].flatMap((match) => match[1]?.split(' ')),
    ...[...html.matchAll(/url\(#([^)]+)\)/g)].map((match) => match[1]),
  ];
  expect(references.filter((reference) => !ids.includes(reference))).toEqual([]);
  expect(references.length).toBeGreaterThan(30);
});

test.each([
  ['no rows', { rows: 0 }],
  ['one persona and one source', { personas: 1, sources: 1, rows: 500 }],
  ['79 sources', { sources: 79 }],
])('the charts survive %s', (_title, options) => {
  const html = renderHtml(sampleModel(options));
  expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
  expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(5);
});

test('small sources are taken together in the flow', () => {
  expect(renderHtml(sampleModel({ sources: 79 }))).toContain('66 other sources');
});

function tagNames(html: string): string[] {
  return [
    ...new Set([...html.matchAll(/<\/?([a-zA-Z!][a-zA-Z0-9]*)/g)].map((match) => match[1] ?? '')),
  ].toSorted();
}
