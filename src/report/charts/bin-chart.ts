import { formatShort } from '../format.ts';
import { colours } from './colours.ts';
import { drawChart } from './draw.ts';

interface BinChartInput {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Edge labels: one per bin, at its left end. */
  readonly labels: readonly string[];
  readonly axisName: string;
  readonly series: readonly { readonly role: 'before' | 'after'; readonly values: readonly number[] }[];
  /** Text of a value on the vertical axis; default short counts. */
  readonly valueText?: (value: number) => string;
}

/** Histogram over given bins; two series stand side by side. */
export function drawBinChart(input: BinChartInput): string {
  const { id, title, description, labels, series } = input;
  const valueText = input.valueText ?? formatShort;
  const axisText = { color: colours.quiet.light, fontSize: 10.5 };
  return drawChart({
    id,
    title,
    description,
    width: 500,
    height: 220,
    option: {
      grid: { left: 48, right: 8, top: 10, bottom: 44 },
      xAxis: {
        type: 'category',
        data: [...labels],
        name: input.axisName,
        nameLocation: 'middle',
        nameGap: 26,
        nameTextStyle: axisText,
        axisLabel: { ...axisText, hideOverlap: true },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colours.before.light } },
      },
      yAxis: {
        type: 'value',
        splitNumber: 4,
        axisLabel: { ...axisText, formatter: valueText },
        splitLine: { lineStyle: { color: colours.grid.light } },
      },
      series: series.map(({ role, values }) => ({
        type: 'bar',
        silent: true,
        barCategoryGap: '22%',
        barGap: '8%',
        itemStyle: { color: colours[role].light },
        data: [...values],
      })),
    },
  });
}
