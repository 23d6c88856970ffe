import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

import type { AuditFacts, AxisEntry, FlowLink, ReportModel, ShareAmount } from '../../../src/report/model.ts';

export interface SampleOptions {
  /** First so many of the 57 of the taxonomy. */
  readonly personas?: number;
  readonly sources?: number;
  /** Rows before; the corpus takes about a third. */
  readonly rows?: number;
  /** Appended to the names of the first persona, source and file. */
  readonly hostile?: string;
  readonly feasible?: boolean;
  readonly audit?: boolean;
}

interface PersonaRecord {
  readonly id: string;
  readonly category: string;
  readonly share: number;
  readonly adapter: string;
  readonly phases: readonly string[];
}

const read = (name: string) =>
  parse(readFileSync(new URL(`../../../taggers/${name}`, import.meta.url), 'utf8'));

/** Invented numbers that add up: a supply heavy in code and facts, two personas in short supply. */
export function sampleModel(options: SampleOptions = {}): ReportModel {
  const hostile = options.hostile ?? '';
  const feasible = options.feasible ?? false;
  const personas: PersonaRecord[] = read('personas.yaml')
    .personas.slice(0, options.personas ?? 57)
    .map((persona: PersonaRecord, index: number) =>
      index === 0 ? { ...persona, id: persona.id + hostile } : persona,
    );
  const sources = sourceNames(options.sources ?? 12, hostile);
  const supply = options.rows ?? 612_480;
  const before = split(
    supply,
    personas.map((persona, index) => persona.share * wobble(index)),
  );
  const wanted = split(
    Math.floor(supply / 3),
    personas.map((persona) => persona.share),
  );
  const short = new Set(feasible ? [] : ['empathetic_counselor', 'esoteric_scholar']);
  const after = wanted.map((rows, index) =>
    short.has(personas[index]?.id ?? '') ? Math.floor(rows * 0.8) : rows,
  );
  const total = sum(after);
  const copies = Math.floor(total / 60);
  const personaEntries = personas.map((persona, index) => {
    const target = share(wanted[index] ?? 0, sum(wanted));
    const reached = amount(after[index] ?? 0, total);
    const gap = short.has(persona.id);
    return entry(persona.id, {
      group: persona.category,
      before: amount(before[index] ?? 0, supply),
      after: reached,
      target: { share: target, rows: wanted[index] ?? 0 },
      asked: gap ? target * 1.3 : target,
      drift: reached.share - target,
      alert: gap,
      cause: gap ? 'supply' : index % 9 === 4 ? 'rounding' : null,
      maxRepeats: gap ? 4 : 1,
      copiesShare: gap ? 0.31 : 0,
      abstentions: index % 5 === 0 ? 40 + index : 0,
    });
  });
  const sourceBefore = split(
    supply,
    sources.map((_, index) => 1 / (index + 1)),
  );
  const sourceAfter = split(
    total,
    sources.map((_, index) => 1 / (index + 1.8)),
  );
  const quarantined = 118;
  const refined = Math.floor(supply / 20);
  const filtered = [
    { reason: 'too-long', rows: 1_204 },
    { reason: 'too-short', rows: 8_310 },
  ];
  const duplicates = 21_733;
  const selected = total - copies;
  return {
    schema: 1,
    run: {
      toolVersion: '0.2.0',
      configPath: 'configs/persona_training_config.yaml',
      configHash: '5b1f0c2d9a7e4c33',
      seed: 42,
      out: 'out/personas',
      taggers: [
        { id: 'persona-v1', task: 'persona', sha256: '9c1e'.repeat(16), licence: 'Apache-2.0' },
        { id: 'traits-v1', task: 'traits', sha256: '07ab'.repeat(16), licence: 'Apache-2.0' },
      ],
      unit: 'rows',
      askedTotal: 'max',
      before: plain(supply),
      after: plain(total),
      maxPersonaDrift: 0.02,
      maxRepeats: 4,
      tokenizer: null,
    },
    accounting: {
      input: supply + quarantined + sum(filtered.map((one) => one.rows)) + duplicates,
      records: supply + quarantined + sum(filtered.map((one) => one.rows)) + duplicates + 40_212,
      quarantined,
      filtered,
      duplicates,
      nearDuplicates: 0,
      nearClusters: null,
      benchmarks: [],
      notSelected: supply - selected,
      selected,
      copies,
      synthetic: 0,
      unplaced: 0,
      unrecognisedRecords: 812,
    },
    axes: {
      category: groupBy(personas, personaEntries, (persona) => persona.category, supply, total),
      persona: personaEntries,
      trait: traitEntries(supply, total),
      source: sources.map((name, index) =>
        entry(name, {
          before: amount(sourceBefore[index] ?? 0, supply),
          after: amount(sourceAfter[index] ?? 0, total),
        }),
      ),
      phase: phaseNames.map((name) => {
        const inPhase = personas.map((persona) => (persona.phases.includes(name) ? 1 : 0));
        return entry(name, {
          before: amount(sum(before.map((rows, index) => rows * (inPhase[index] ?? 0))), supply),
          after: amount(sum(after.map((rows, index) => rows * (inPhase[index] ?? 0))), total),
        });
      }),
      adapter: groupBy(personas, personaEntries, (persona) => persona.adapter, supply, total).map((one) => ({
        ...one,
        band: null,
        target: null,
        asked: null,
        drift: null,
        alert: false,
      })),
    },
    feasibility: feasible
      ? { feasible: true, sentences: [], conflicts: [], relaxation: [], cure: [] }
      : {
          feasible: false,
          sentences: [
            'empathetic_counselor asks for 19.5% of the corpus, but its supply reaches 15.6% even with 4 copies of every row.',
            'The category minima add up to 101%, so at least one band has to give way by 1 point.',
          ],
          conflicts: [
            {
              constraints: ['persona empathetic_counselor ≥ 19.5%', 'max_repeats 4'],
              rows: 7_941,
              bindingCells: ['empathetic_counselor × supportive', 'empathetic_counselor × detailed'],
            },
          ],
          relaxation: [{ constraint: 'persona empathetic_counselor', from: 0.195, to: 0.156 }],
          cure: [{ persona: 'empathetic_counselor', traits: ['supportive', 'detailed'], rows: 1_986 }],
        },
    tiers: [
      { tagger: 'persona-v1', rows: supply - refined, share: 0.95, abstained: Math.floor(supply / 5) },
      { tagger: 'minilm-v1', rows: refined, share: 0.05, abstained: Math.floor(refined / 4) },
    ],
    cascade: {
      budget: 0.05,
      maxSeconds: null,
      eligible: supply,
      rows: refined,
      agreed: Math.floor(refined / 3),
      confidence: 0.24,
      drawn: 0,
      correct: false,
      correction: null,
    },
    confidence: ['persona-v1', 'traits-v1'].map((tagger, index) => ({
      tagger,
      bins: split(
        supply,
        Array.from(
          { length: 20 },
          (_, bin) => 0.4 + 6 * ((bin + 1) / 20) ** (3 - index) * (bin > 1 ? 1 : 0.1),
        ),
      ),
      abstained: Math.floor(supply / 17),
    })),
    lengths: {
      before: split(supply, bell(13, 6.3)),
      after: split(total, bell(13, 7)),
    },
    quarantine: [
      {
        reason: 'json-invalid',
        rows: 97,
        locators: [`chats/2024-03.jsonl:1207`, 'chats/2024-03.jsonl:1209'],
      },
      { reason: 'role-unknown', rows: 21, locators: [`forum${hostile}.csv:88`] },
    ],
    skippedFiles: [
      {
        source: sources[0] ?? 'none',
        file: `notes${hostile}.json`,
        code: 'shape-unknown',
        message: 'no shape fits the columns id, blob, when',
        records: 812,
      },
    ],
    flow: flowLinks(personas, after, sources),
    audit: options.audit ? auditOf(hostile) : null,
    prefixBalance: phaseNames.map((split_, index) => ({
      split: split_,
      worstPrefix: 0.021 + index / 200,
      meanBatch64: 0.034 + index / 300,
      worstBatch64: 0.071 + index / 100,
      switchAdjacent: 0.91 - index / 20,
      axes: (['persona', 'category', 'trait', 'source'] as const).map((axis, at) => ({
        axis,
        worstPrefixRows: 0.8 + at * 0.9,
        worstBatchRows: 1.2 + at * 0.7,
        prefixBoundRows: axis === 'persona' ? 1 : 12,
        batchBoundRows: axis === 'persona' ? 2 : 12,
      })),
    })),
    shards: phaseNames.flatMap((name, index) =>
      [0, 1].map((shard) => ({
        path: `dataset/phases/${index + 1}-${name}/train-0000${shard}-of-00002.parquet`,
        rows: Math.floor(total / 4) + shard,
        bytes: 31_000_000 + index * 1_300_000,
        sha256: `${index}${shard}c4`.repeat(16),
      })),
    ),
    phases: phaseNames.map((name, index) => ({
      name,
      order: index + 1,
      trainRows: Math.floor((total * 0.95) / 3),
      validationRows: Math.floor((total * 0.05) / 3),
      learningRate: [2e-5, 1.5e-5, 1e-5, 5e-6][index] ?? null,
      epochs: index === 3 ? 2 : 1,
      personaFocus: personas.filter((persona) => persona.phases.includes(name)).map((persona) => persona.id),
    })),
    warnings: [
      { code: 'persona-adapter-added', message: '3 personas had no adapter; their parents decided' },
    ],
    timings: [
      { stage: 'scan', seconds: 0.8, rows: 0, rowsPerSecond: 0, peakRssBytes: 131_000_000 },
      { stage: 'tag', seconds: 9.7, rows: supply, rowsPerSecond: supply / 9.7, peakRssBytes: 803_000_000 },
      { stage: 'plan', seconds: 1.9, rows: supply, rowsPerSecond: supply / 1.9, peakRssBytes: 610_000_000 },
      { stage: 'write', seconds: 6.2, rows: total, rowsPerSecond: total / 6.2, peakRssBytes: 911_000_000 },
    ],
  };
}

const phaseNames = ['foundation', 'analytical', 'empathic_creative', 'mixed'];

function sourceNames(count: number, hostile: string): string[] {
  const names = ['code-lessons', 'open-forum', 'counsel-notes', 'fact-cards', 'tool-traces', 'story-seeds'];
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? `code-lessons${hostile}` : (names[index] ?? `collection-${String(index).padStart(2, '0')}`),
  );
}

function traitEntries(supply: number, total: number): AxisEntry[] {
  const traits: { id: string; group: string | null; target: number | null }[] = read('traits.yaml').traits;
  return traits.map((trait, index) => {
    const reached = trait.target === null ? 0.08 + ((index * 7) % 11) / 40 : trait.target;
    const after = amount(Math.round(total * reached), total);
    return entry(trait.id, {
      group: trait.group,
      before: amount(Math.round(supply * (0.06 + ((index * 5) % 13) / 32)), supply),
      after,
      target: trait.target === null ? null : { share: trait.target, rows: Math.round(total * trait.target) },
      asked: trait.target,
      drift: trait.target === null ? null : after.share - trait.target,
    });
  });
}

const bands: Record<string, { min: number; max: number }> = {
  technical: { min: 0.25, max: 0.3 },
  empathetic: { min: 0.2, max: 0.25 },
  analytical: { min: 0.15, max: 0.2 },
  creative: { min: 0.1, max: 0.15 },
  conversational: { min: 0.1, max: 0.15 },
  tool: { min: 0.08, max: 0.12 },
  factual: { min: 0.08, max: 0.12 },
  specialized: { min: 0.05, max: 0.1 },
};

function groupBy(
  personas: readonly PersonaRecord[],
  entries: readonly AxisEntry[],
  key: (persona: PersonaRecord) => string,
  supply: number,
  total: number,
): AxisEntry[] {
  const names = [...new Set(personas.map(key))];
  return names.map((name) => {
    const members = entries.filter((_, index) => {
      const persona = personas[index];
      return persona !== undefined && key(persona) === name;
    });
    const target = sum(members.map((member) => member.target?.share ?? 0));
    const after = amount(sum(members.map((member) => member.after.rows)), total);
    return entry(name, {
      before: amount(sum(members.map((member) => member.before.rows)), supply),
      after,
      target: { share: target, rows: sum(members.map((member) => member.target?.rows ?? 0)) },
      asked: target,
      band: bands[name] ?? null,
      drift: after.share - target,
      alert: Math.abs(after.share - target) > 0.02,
      cause: Math.abs(after.share - target) > 0.02 ? 'supply' : null,
    });
  });
}

function entry(name: string, known: Partial<AxisEntry> & Pick<AxisEntry, 'before' | 'after'>): AxisEntry {
  return {
    name,
    group: null,
    target: null,
    asked: null,
    band: null,
    drift: null,
    alert: false,
    cause: null,
    effectiveSampleSize: known.after.rows * (known.copiesShare ? 0.6 : 1),
    maxRepeats: known.after.rows > 0 ? 1 : 0,
    copiesShare: 0,
    syntheticShare: 0,
    abstentions: 0,
    placed: known.after,
    ...known,
  };
}

function flowLinks(
  personas: readonly PersonaRecord[],
  after: readonly number[],
  sources: readonly string[],
): FlowLink[] {
  return personas.flatMap((persona, index) => {
    const bySource = split(
      after[index] ?? 0,
      sources.map((_, position) => 1 / (1 + ((position * 5 + index * 3) % (sources.length + 1))) ** 2),
    );
    return sources.flatMap((source, position) =>
      persona.phases.map((phase) => ({ source, persona: persona.id, phase, rows: bySource[position] ?? 0 })),
    );
  });
}

function auditOf(hostile: string): AuditFacts {
  const personas = ['code_expert', 'empathetic_counselor', 'poet'].map((name, index) => ({
    name: name + (index === 0 ? hostile : ''),
    audited: [60, 40, 0][index] ?? 0,
    counted: [0.182, 0.154, 0.012][index] ?? 0,
    corrected: [0.201, 0.121, null][index] ?? null,
    low: [0.176, 0.093, null][index] ?? null,
    high: [0.231, 0.152, null][index] ?? null,
    sensitivity: [0.9, 0.925, null][index] ?? null,
    specificity: [0.985, 0.96, 0.99][index] ?? null,
  }));
  const categories = personas.slice(1, 2).map((one) => ({ ...one, name: 'empathetic' }));
  const file = `audit.jsonl${hostile}`;
  return { file, rows: 400, matched: 380, unreadable: 0, confidence: 0.95, personas, categories };
}

function plain(rows: number) {
  return { rows, tokens: rows * 212, supervisedTokens: rows * 147 };
}

function amount(rows: number, whole: number): ShareAmount {
  return { ...plain(rows), share: share(rows, whole) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function wobble(index: number): number {
  return [2.6, 0.5, 0.9, 1.4, 0.35, 1.8, 0.2][(index * 3) % 7] ?? 1;
}

function bell(bins: number, middle: number): number[] {
  return Array.from({ length: bins }, (_, bin) => Math.exp(-((bin - middle) ** 2) / 5));
}

/** Integers in proportion to the weights that add up to `total`; the rest goes to the first. */
function split(total: number, weights: readonly number[]): number[] {
  const whole = sum(weights);
  const parts = weights.map((weight) => Math.floor((total * weight) / whole));
  return parts.map((part, index) => (index === 0 ? part + total - sum(parts) : part));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
