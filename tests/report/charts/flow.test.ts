import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { foldFlow } from '../../../src/report/charts/flow.ts';

const name = fc.string({ maxLength: 3 });
const flow = fc.array(
  fc.record({ source: name, persona: name, phase: name, rows: fc.integer({ min: 0, max: 1000 }) }),
  { maxLength: 60 },
);

test('folding loses no row and keeps each layer within its limit', () => {
  fc.assert(
    fc.property(flow, fc.integer({ min: 2, max: 6 }), (links, limit) => {
      const graph = foldFlow(links, { source: limit, persona: limit, phase: limit });
      const total = links.reduce((sum, link) => sum + link.rows, 0);
      for (const layer of ['source', 'persona', 'phase']) {
        const nodes = graph.nodes.filter((node) => node.layer === layer);
        expect(nodes.length).toBeLessThanOrEqual(limit);
        expect(nodes.reduce((sum, node) => sum + node.rows, 0)).toBe(total);
      }
      expect(graph.links.reduce((sum, link) => sum + link.rows, 0)).toBe(2 * total);
    }),
  );
});

test('the order of the links does not matter', () => {
  const limits = { source: 2, persona: 2, phase: 2 };
  const links = ['a', 'b', 'c'].map((source) => ({ source, persona: 'p', phase: 'f', rows: 5 }));
  expect(foldFlow(links.toReversed(), limits).nodes).toEqual(foldFlow(links, limits).nodes);
  expect(foldFlow(links, limits).nodes.map((node) => node.name)).toEqual(['2 other sources', 'a', 'p', 'f']);
});
