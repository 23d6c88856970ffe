/** Per stage: the crash points that a run passes, in the order in which it passes them. */
export const crashPoints: Readonly<Record<string, readonly string[]>> = {
  scan: ['unit-end:scan:1', 'stage-end:scan:1', 'after-temp:run.json:1', 'after-rename:run.json:1'],
  tag: [...ofStep('tags/', 'state/tag'), 'unit-end:tag:2', 'after-marker:state/tag:2', 'stage-end:tag:1'],
  refine: [
    'before-marker:refine/choice:1',
    'after-rename:refine/choice:1',
    ...ofStep('refined/', '00000.done'),
    'unit-end:refine:2',
    'stage-end:refine:1',
  ],
  correct: [
    'before-marker:correct/correction:1',
    'after-rename:correct/correction:1',
    ...ofStep('corrected/', '00000.done'),
    'unit-end:correct:2',
    'stage-end:correct:1',
  ],
  plan: [
    'after-temp:corpus.json:1',
    'after-rename:corpus.json:1',
    'after-temp:plan/:1',
    'after-rename:plan/:2',
    'after-temp:cells.parquet:1',
    'stage-end:plan:1',
  ],
  order: ['unit-end:order:1', 'stage-end:order:1'],
  collect: [...ofStep('state/spill', 'state/collect'), 'after-rename:state/spill:2', 'stage-end:collect:1'],
  write: [...ofStep('dataset/', 'state/shard'), 'after-temp:dataset/:2', 'stage-end:write:1'],
  dataset: ['after-temp:manifest.json:1', 'after-rename:manifest.json:1', 'after-temp:README.md:1'],
  report: [
    'after-temp:report.json:1',
    'after-rename:report.html:1',
    'before-marker:finished:1',
    'after-rename:finished:1',
    'after-marker:finished:1',
  ],
};

/** A step publishes its output, then its marker. */
function ofStep(output: string, marker: string): string[] {
  return [
    `after-temp:${output}:1`,
    `after-rename:${output}:1`,
    `before-marker:${marker}:1`,
    `after-temp:${marker}:1`,
    `after-rename:${marker}:1`,
    `after-marker:${marker}:1`,
  ];
}
