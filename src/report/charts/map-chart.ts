import { visibleText } from '../../lib/visible-text.ts';
import { colours } from './colours.ts';
import { drawChart } from './draw.ts';

/** Colours of the clusters in their order, light and dark; told apart in both and by people who see colours differently. */
export const mapColours: readonly { readonly light: string; readonly dark: string }[] = [
  { light: '#1f6f9e', dark: '#62b0e0' },
  { light: '#c2601a', dark: '#f0a05c' },
  { light: '#4e8a3b', dark: '#97cc7f' },
  { light: '#8a4f9e', dark: '#c699d8' },
  { light: '#b58a12', dark: '#e3c45a' },
  { light: '#b03a5b', dark: '#ee8fa8' },
  { light: '#2f8f87', dark: '#77cfc6' },
  { light: '#6b6f1f', dark: '#bcc06a' },
];

/** Edge of the names: the page's own colour, so that they can be read over dots. */
export const mapPaper = { light: '#fcfcfa', dark: '#12161c' };

const width = 1040;
const height = 560;

/** Scatter of messages on a plane, coloured by cluster, with the name of each cluster at its middle. */
export function drawMapChart(input: {
  readonly points: readonly { readonly x: number; readonly y: number; readonly cluster: number }[];
  readonly names: readonly string[];
}): string {
  const groups = [...input.names.map((_, index) => index), -1].map((cluster) => ({
    cluster,
    points: input.points.filter((point) => point.cluster === cluster),
  }));
  const frame = frameOf(input.points);
  const axis = {
    type: 'value' as const,
    axisLabel: { show: false },
    axisTick: { show: false },
    axisLine: { show: false },
    splitLine: { show: false },
  };
  return drawChart({
    id: 'map',
    title: 'Messages on a plane by what they say and how',
    description: describe(groups, input.names),
    width,
    height,
    option: {
      grid: { left: 10, right: 10, top: 10, bottom: 10 },
      xAxis: { ...axis, ...frame.x },
      yAxis: { ...axis, ...frame.y },
      series: [
        ...groups.map(({ cluster, points }) => ({
          type: 'scatter' as const,
          silent: true,
          symbolSize: 5,
          itemStyle: { color: mapColours[cluster]?.light ?? colours.before.light, opacity: 0.75 },
          data: points.map(({ x, y }) => [x, y]),
        })),
        {
          type: 'scatter' as const,
          silent: true,
          symbolSize: 0,
          label: {
            show: true,
            color: colours.ink.light,
            fontSize: 14,
            fontWeight: 600,
            textBorderColor: mapPaper.light,
            textBorderWidth: 4,
            formatter: ({ dataIndex }: { dataIndex: number }) => visibleText(input.names[dataIndex] ?? ''),
          },
          data: input.names.map((_, cluster) => middleOf(groups[cluster]?.points ?? [])),
        },
      ],
    },
  });
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Ranges in which a step is as long to the right as upwards. */
function frameOf(points: readonly { readonly x: number; readonly y: number }[]): { x: Range; y: Range } {
  const around = (values: readonly number[]) => {
    const [low, high] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 0];
    return { middle: (low + high) / 2, span: high - low };
  };
  const [x, y] = [around(points.map((point) => point.x)), around(points.map((point) => point.y))];
  const step = Math.max(x.span / width, y.span / height, 1e-6) * 1.06;
  const range = (middle: number, pixels: number): Range => ({
    min: middle - (step * pixels) / 2,
    max: middle + (step * pixels) / 2,
  });
  return { x: range(x.middle, width), y: range(y.middle, height) };
}

/** Median of each coordinate: a few strays do not move it. */
function middleOf(points: readonly { readonly x: number; readonly y: number }[]): [number, number] {
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return [median(points.map(({ x }) => x)), median(points.map(({ y }) => y))];
}

function describe(
  groups: readonly { readonly cluster: number; readonly points: readonly unknown[] }[],
  names: readonly string[],
): string {
  return groups
    .filter(({ points }) => points.length > 0)
    .map(({ cluster, points }) => `${names[cluster] ?? 'in no persona'}: ${points.length} messages`)
    .join('; ');
}
