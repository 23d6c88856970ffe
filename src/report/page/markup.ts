import { visibleText } from '../../lib/visible-text.ts';

/** Text from data for HTML text and quoted attributes; controls and bidi characters become visible signs. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A name from data, isolated so that its direction stays its own; may break after `_`, `-` and `/`. */
export function nameHtml(text: string): string {
  return `<bdi>${escapeHtml(text).replace(/[_/-]/g, '$&<wbr>')}</bdi>`;
}

export interface Column {
  readonly title: string;
  readonly kind: 'text' | 'number';
}

/** A scrollable table; cells are HTML. The first cell of a row is its heading. */
export function tableHtml(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const head = columns
    .map(({ title, kind }) => `<th scope="col" class="${kind}">${escapeHtml(title)}</th>`)
    .join('');
  const body = rows.map((cells) => {
    const line = cells.map((cell, index) =>
      index === 0
        ? `<th scope="row" class="text">${cell}</th>`
        : `<td class="${columns[index]?.kind ?? 'text'}">${cell}</td>`,
    );
    return `<tr>${line.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${head}</tr></thead>\n<tbody>${body.join('\n')}</tbody></table></div>`;
}

/** A part that folds; long tables start folded. */
export function detailsHtml(summary: string, content: string, open: boolean): string {
  return `<details${open ? ' open' : ''}><summary>${escapeHtml(summary)}</summary>${content}</details>`;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** HTML. */
  readonly content: string;
}

export function sectionHtml({ id, title, content }: Section): string {
  return `<section id="${id}" aria-labelledby="${id}-heading">\n<h2 id="${id}-heading">${escapeHtml(title)}</h2>\n${content}\n</section>`;
}
