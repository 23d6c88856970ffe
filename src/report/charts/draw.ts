import { type ECharts, init } from 'echarts/dist/echarts.esm.min';

import { escapeHtml } from '../page/markup.ts';

type ChartOption = Parameters<ECharts['setOption']>[0];

interface Drawing {
  /** Unique on the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, for who cannot see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly option: ChartOption;
}

/** One SVG element without script, style or outside reference; the same drawing gives the same bytes. */
export function drawChart({ id, title, description, width, height, option }: Drawing): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option });
    const label =
      `<title id="${id}-title">${escapeHtml(title)}</title>` +
      `<desc id="${id}-description">${escapeHtml(description)}</desc>`;
    return cleanSvg(chart.renderToSVGString(), id).replace(
      /^<svg [^>]*>/,
      `<svg class="chart" viewBox="0 0 ${width} ${height}" style="--native:${width}px" role="img" aria-labelledby="${id}-title ${id}-description" xmlns="http://www.w3.org/2000/svg">${label}`,
    );
  } finally {
    chart.dispose();
  }
}

/**
 * Drops what ECharts 6 leaves for its own script (hover styles, data marks) and renames its counted ids, which go up with
 * every chart that the process draws. Quotes in text are entities, so that no pattern reaches into text.
 */
function cleanSvg(svg: string, id: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class="zr[^"]*"|ecmeta_[a-z_]+="[^"]*"|pointer-events="[^"]*")/g, '')
    .replace(/(id="|url\(#)zr\d+-/g, `$1${id}-`)
    .replace(/font-family:inherit;/g, '')
    .replace(/\n+/g, '\n')
    .trim();
}
