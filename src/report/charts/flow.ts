import type { FlowLink } from '../model.ts';

export interface FlowGraph {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly { readonly from: string; readonly to: string; readonly rows: number }[];
}

export interface FlowNode {
  /** Unique over the layers. */
  readonly id: string;
  readonly layer: FlowLayer;
  readonly name: string;
  readonly rows: number;
}

export const flowLayers = ['source', 'persona', 'phase'] as const;
export type FlowLayer = (typeof flowLayers)[number];

/** The flow with the small sources and personas taken together, so that it can be read; empty when no row flows. */
export function foldFlow(flow: readonly FlowLink[], limits: Readonly<Record<FlowLayer, number>>): FlowGraph {
  const names = flowLayers.map((layer) => keepLargest(flow, layer, limits[layer]));
  const nodes = new Map<string, FlowNode>();
  const links = new Map<string, { from: string; to: string; rows: number }>();
  for (const link of flow.filter((one) => one.rows > 0)) {
    const ids = flowLayers.map((layer, index) => {
      const name = names[index]?.get(link[layer]) ?? link[layer];
      const id = `${layer}:${name}`;
      nodes.set(id, { id, layer, name, rows: (nodes.get(id)?.rows ?? 0) + link.rows });
      return id;
    });
    for (const [from, to] of [ids.slice(0, 2), ids.slice(1)]) {
      const key = JSON.stringify([from, to]);
      const rows = (links.get(key)?.rows ?? 0) + link.rows;
      links.set(key, { from: from ?? '', to: to ?? '', rows });
    }
  }
  return { nodes: [...nodes.values()].toSorted(byLayerAndSize), links: [...links.values()] };
}

/** Names on the layer mapped to themselves, or to `n others` beyond the limit. */
function keepLargest(flow: readonly FlowLink[], layer: FlowLayer, limit: number): Map<string, string> {
  const rows = new Map<string, number>();
  for (const link of flow) {
    if (link.rows > 0) rows.set(link[layer], (rows.get(link[layer]) ?? 0) + link.rows);
  }
  const ranked = [...rows].toSorted(([a, aRows], [b, bRows]) => bRows - aRows || (a < b ? -1 : 1));
  const kept = ranked.length <= limit ? ranked.length : limit - 1;
  const other = `${ranked.length - kept} other ${layer}s`;
  return new Map(ranked.map(([name], index) => [name, index < kept ? name : other]));
}

function byLayerAndSize(a: FlowNode, b: FlowNode): number {
  const layers = flowLayers.indexOf(a.layer) - flowLayers.indexOf(b.layer);
  return layers || b.rows - a.rows || (a.name < b.name ? -1 : 1);
}
