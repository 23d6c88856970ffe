import type { CustomSeriesOption } from 'echarts/charts';

import { cutText } from '../../lib/text-width.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { formatPoints, formatShare } from '../format.ts';
import type { AxisEntry } from '../model.ts';
import { colours } from './colours.ts';
import { drawChart } from './draw.ts';

interface RangeChartInput {
  readonly id: string;
  readonly title: string;
  readonly entries: readonly AxisEntry[];
  /** Share at the right end, so that several charts can be compared. */
  readonly maxShare: number;
}

/** One line per entry: after as a bar, before as a thin bar, target as a tick, asked as a ring, band as a shade. */
export function drawRangeChart({ id, title, entries, maxShare }: RangeChartInput): string {
  const height = entries.length * rowHeight + axisHeight;
  return drawChart({
    id,
    title,
    description: describe(entries),
    width: chartWidth,
    height,
    option: {
      grid: { left: nameWidth, right: numbersWidth, top: 2, bottom: axisHeight - 2 },
      xAxis: {
        type: 'value',
        min: 0,
        max: maxShare,
        interval: maxShare / 4,
        axisLabel: {
          color: colours.quiet.light,
          fontSize: 10.5,
          formatter: (share: number) => tickText(share),
        },
        splitLine: { lineStyle: { color: colours.grid.light } },
      },
      yAxis: { type: 'category', inverse: true, show: false, data: entries.map((_, index) => String(index)) },
      series: [
        {
          type: 'custom',
          silent: true,
          data: entries.map((_, index) => [0, index]),
          renderItem: (params, api) => drawEntry(entries[params.dataIndex], params.dataIndex, maxShare, api),
        } satisfies CustomSeriesOption,
      ],
    },
  });
}

/** A round share above the largest value of the entries, divisible in four. */
export function niceMaxShare(entries: readonly AxisEntry[]): number {
  const largest = Math.max(
    0.001,
    ...entries.flatMap((entry) => [
      entry.before.share,
      entry.after.share,
      entry.target?.share ?? 0,
      entry.asked ?? 0,
      entry.band?.max ?? 0,
    ]),
  );
  return niceSteps.find((step) => step >= largest) ?? 1;
}

const niceSteps = [0.002, 0.004, 0.01, 0.02, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.32, 0.4, 0.6, 0.8, 1];
const chartWidth = 510;
const rowHeight = 25;
const axisHeight = 24;
const nameWidth = 166;
const numbersWidth = 118;
/** Characters of 11.5 px that fit left of the bars. */
const nameColumns = 23;

type Api = Parameters<NonNullable<CustomSeriesOption['renderItem']>>[1];
type Shape = Record<string, unknown>;

function drawEntry(entry: AxisEntry | undefined, index: number, maxShare: number, api: Api) {
  if (!entry) return null;
  const plot = (share: number): number => api.coord([Math.min(share, maxShare), index])[0] ?? 0;
  const middle = api.coord([0, index])[1] ?? 0;
  return {
    type: 'group' as const,
    children: [
      ...drawBand(entry, maxShare, plot, middle),
      bar(plot(0), plot(entry.after.share), middle - 7, 9, colours.after.light),
      bar(plot(0), plot(entry.before.share), middle + 4, 4, colours.before.light),
      ...drawGoal(entry, plot, middle),
      ...drawLabels(entry, middle),
    ] as [],
  };
}

function drawBand(
  entry: AxisEntry,
  maxShare: number,
  plot: (share: number) => number,
  middle: number,
): Shape[] {
  if (!entry.band) return [];
  const { min, max } = entry.band;
  const edge = (share: number | null): Shape[] =>
    share === null
      ? []
      : [bar(plot(share) - 0.5, plot(share) + 0.5, middle - 10, 21, colours.bandEdge.light)];
  return [
    bar(plot(min ?? 0), plot(max ?? maxShare), middle - 10, 21, colours.band.light),
    ...edge(min),
    ...edge(max),
  ];
}

function drawGoal(entry: AxisEntry, plot: (share: number) => number, middle: number): Shape[] {
  const target = entry.target?.share ?? null;
  const shapes: Shape[] = [];
  if (target !== null) {
    shapes.push(bar(plot(target) - 1, plot(target) + 1, middle - 10, 21, colours.ink.light));
  }
  if (entry.asked !== null && Math.abs(entry.asked - (target ?? entry.asked)) > 0.0005) {
    shapes.push({
      type: 'circle',
      shape: { cx: plot(entry.asked), cy: middle, r: 4 },
      style: { fill: 'none', stroke: colours.alert.light, lineWidth: 1.5 },
    });
  }
  return shapes;
}

function drawLabels(entry: AxisEntry, middle: number): Shape[] {
  const drift = entry.drift === null ? '' : `${entry.alert ? '▲ ' : ''}${formatPoints(entry.drift)}`;
  return [
    label(cutText(visibleText(entry.name), nameColumns), nameWidth - 8, middle, colours.ink.light),
    label(formatShare(entry.after.share), chartWidth - 66, middle, colours.ink.light),
    label(drift, chartWidth - 2, middle, entry.alert ? colours.alert.light : colours.quiet.light),
  ];
}

function bar(from: number, to: number, y: number, height: number, fill: string): Shape {
  return { type: 'rect', shape: { x: from, y, width: Math.max(0, to - from), height }, style: { fill } };
}

function label(text: string, right: number, middle: number, fill: string): Shape {
  return {
    type: 'text',
    style: {
      text,
      x: right,
      y: middle,
      align: 'right',
      verticalAlign: 'middle',
      fontSize: 11.5,
      fontFamily: 'inherit',
      fill,
    },
  };
}

function tickText(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

function describe(entries: readonly AxisEntry[]): string {
  const alerts = entries.filter((entry) => entry.alert).map((entry) => visibleText(entry.name));
  const count = `Share before, target and after of ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}; the table beneath has the numbers.`;
  return alerts.length === 0 ? count : `${count} Drift above the limit: ${alerts.join(', ')}.`;
}
