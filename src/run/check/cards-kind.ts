import { parseDocument } from 'yaml';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { checkCards } from '../cards/card-files.ts';
import { type CheckKind, type CheckTarget, fieldsOf } from './check-kind.ts';

/** Persona cards: everything that `cards validate` says. */
export const cardsKind: CheckKind = {
  name: 'cards',
  recognises(target) {
    if (fieldsOf(target.sample)?.['schema'] === 'persona-card/1') return true;
    const yaml = target.files.find((name) => /\.ya?ml$/u.test(name));
    return (
      yaml !== undefined &&
      target.files.every((name) => /\.(?:ya?ml|json)$/u.test(name)) &&
      isCard(target, yaml)
    );
  },
  async check({ path }, { taxonomy, configsFolder }) {
    const { cards, findings } = await checkCards([path], { taxonomy, configsFolder });
    return { counts: { cards }, findings, measures: [] };
  },
};

function isCard({ path, isFolder }: CheckTarget, name: string): boolean {
  try {
    const value: unknown = parseDocument(readFileSync(isFolder ? join(path, name) : path, 'utf8')).toJS();
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return fieldsOf(first)?.['schema'] === 'persona-card/1';
  } catch {
    return false;
  }
}
