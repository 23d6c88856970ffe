import { basename, resolve } from 'node:path';

import { ConfigError } from '../core/errors.ts';
import type { Row } from '../core/row.ts';
import { abstainPersona, type Taxonomy } from '../core/taxonomy.ts';
import type { Tagger } from '../core/tagger.ts';
import { evaluateLabels, type Evaluation, type Judged } from '../evaluate/metrics.ts';
import { suggestName } from '../lib/nearest.ts';
import { listFiles } from '../source/list-files.ts';
import { openBytes } from '../source/open-bytes.ts';
import { readUnit } from '../source/read-unit.ts';
import { scanFile } from '../source/scan-file.ts';
import { bestLabel } from '../tag/decide.ts';
import { RowEncoder } from '../tag/encode.ts';

/**
 * Scores a persona tagger on a labelled file or folder: rows `{instruction, input, output, persona}` or `{messages, persona}`.
 * Holds four numbers per row.
 * @throws ConfigError `label-missing`, `label-unknown`, `data-unreadable`
 */
export async function evaluateTagger(
  params: { readonly data: string; readonly tagger: Tagger; readonly taxonomy: Taxonomy },
  { signal }: { readonly signal?: AbortSignal },
): Promise<Evaluation> {
  const encoder = new RowEncoder();
  const judge = createJudge(params.tagger, params.taxonomy);
  const judged: Judged[] = [];
  const { files } = await listFiles({
    source: basename(params.data),
    paths: [resolve(params.data)],
    baseDir: '/',
  });
  for (const file of files) {
    const scan = await scanFile({ file, options: {} }, { openBytes, signal });
    if (scan.skipped)
      throw new ConfigError(`${file.name}: ${scan.skipped.message}`, {
        code: 'data-unreadable',
        hint: scan.skipped.hint,
      });
    for (const unit of scan.units) {
      for await (const batch of readUnit(unit, { keepExtra: true, openBytes, signal })) {
        const rows = batch.flatMap((entry) =>
          'value' in entry ? [{ row: entry.value, at: `${file.name}: row ${entry.row}` }] : [],
        );
        const gold = rows.map(({ row, at }) => goldLabel(row, at, params.taxonomy));
        if (rows.length === 0) continue;
        const { scores } = await params.tagger.tag(encoder.encode(rows.map(({ row }) => row)).text);
        gold.forEach((label, i) => judged.push(judge(scores, i, label)));
      }
    }
  }
  return evaluateLabels(judged, params.taxonomy);
}

function createJudge(
  tagger: Tagger,
  taxonomy: Taxonomy,
): (scores: Float32Array, row: number, gold: number) => Judged {
  const { labels, thresholds } = tagger.info;
  const personaOf = labels.map((label) => taxonomy.personas.findIndex((persona) => persona.id === label));
  const abstain = taxonomy.personas.findIndex((persona) => persona.id === abstainPersona);
  return (scores, row, gold) => {
    const { label, score, isSure } = bestLabel(scores, row, thresholds);
    const best = personaOf[label] ?? abstain;
    return { gold, best, predicted: isSure ? best : abstain, score };
  };
}

function goldLabel(row: Row, at: string, taxonomy: Taxonomy): number {
  const extra: unknown = JSON.parse(row.extra ?? '{}');
  const label = typeof extra === 'object' && extra !== null && 'persona' in extra ? extra.persona : undefined;
  if (typeof label !== 'string') {
    throw new ConfigError(`${at}: no persona`, {
      code: 'label-missing',
      hint: 'a labelled row is {instruction, input, output, persona} or {messages, persona}',
    });
  }
  const known = taxonomy.personas.map((persona) => persona.id);
  const index = known.indexOf(label);
  if (index < 0)
    throw new ConfigError(`${at}: unknown persona "${label}"; ${suggestName(label, known)}`, {
      code: 'label-unknown',
    });
  return index;
}
