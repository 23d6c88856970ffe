import { cutText } from '../../lib/text-width.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { formatPlural, formatShort } from '../format.ts';
import { colours, flowColours } from './colours.ts';
import { drawChart } from './draw.ts';
import type { FlowGraph, FlowNode } from './flow.ts';

/** Sankey of source → persona → phase; links towards a phase carry its colour. */
export function drawFlowChart(graph: FlowGraph): string {
  const phases = graph.nodes.filter((node) => node.layer === 'phase');
  const phaseColours = new Map(
    phases.map((node, index) => [node.id, flowColours[index % flowColours.length] ?? colours.link.light]),
  );
  const tallest = Math.max(...['source', 'persona'].map((layer) => countLayer(graph, layer)));
  return drawChart({
    id: 'flow',
    title: 'Rows from source through persona into phase',
    description: describe(graph),
    width: 1040,
    height: Math.max(300, tallest * 27 + 30),
    option: {
      series: [
        {
          type: 'sankey',
          silent: true,
          left: 166,
          right: 150,
          top: 10,
          bottom: 10,
          nodeWidth: 10,
          nodeGap: 9,
          layoutIterations: 32,
          draggable: false,
          emphasis: { disabled: true },
          label: { fontSize: 11.5, color: colours.ink.light },
          data: graph.nodes.map((node) => flowNode(node, phaseColours)),
          links: graph.links.map((link) => ({
            source: link.from,
            target: link.to,
            value: link.rows,
            lineStyle: {
              color: phaseColours.get(link.to) ?? colours.link.light,
              opacity: 0.34,
              curveness: 0.5,
            },
          })),
        },
      ],
    },
  });
}

function flowNode(node: FlowNode, phaseColours: ReadonlyMap<string, string>) {
  const text = `${cutText(visibleText(node.name), node.layer === 'source' ? 19 : 26)}  ${formatShort(node.rows)}`;
  return {
    name: node.id,
    depth: depths[node.layer],
    itemStyle: {
      color: phaseColours.get(node.id) ?? colours[node.layer === 'source' ? 'source' : 'persona'].light,
    },
    label: {
      position: node.layer === 'source' ? ('left' as const) : ('right' as const),
      formatter: () => text,
    },
  };
}

const depths = { source: 0, persona: 1, phase: 2 } as const;

function countLayer(graph: FlowGraph, layer: string): number {
  return graph.nodes.filter((node) => node.layer === layer).length;
}

function describe(graph: FlowGraph): string {
  const phases = graph.nodes
    .filter((node) => node.layer === 'phase')
    .map((node) => `${visibleText(node.name)} ${formatPlural(node.rows, 'row')}`);
  return `${countLayer(graph, 'source')} sources, ${countLayer(graph, 'persona')} personas. ${phases.join('; ')}.`;
}
