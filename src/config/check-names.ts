import type { Taxonomy } from '../core/taxonomy.ts';
import { suggestName } from '../lib/nearest.ts';
import type { Config, Phase } from './schema.ts';
import { phaseSchema } from './training-schema.ts';

/** A mistake in a configuration, addressed by its path. */
export interface ConfigIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Personas, traits, categories, phases and adapters that nobody knows; sums that cannot be. */
export function checkNames(config: Config, taxonomy: Taxonomy): ConfigIssue[] {
  const personas = taxonomy.personas.map((persona) => persona.id);
  const traits = taxonomy.traits.map((trait) => trait.id);
  const categories = taxonomy.categories.map((category) => category.id);
  const adapters = Object.keys(config.peft.adapters);
  return [
    ...unknownKeys(config.dataset.persona_weights, 'persona', personas, ['dataset', 'persona_weights']),
    ...unknownKeys(config.dataset.trait_requirements, 'trait', traits, ['dataset', 'trait_requirements']),
    ...unknownKeys(config.dataset.category_bands, 'category', categories, ['dataset', 'category_bands']),
    ...unknownKeys(config.augmentation.synthetic_upsampling, 'persona', personas, [
      'augmentation',
      'synthetic_upsampling',
    ]),
    ...unknownKeys(
      typeof config.balance.max_repeats === 'number' ? {} : config.balance.max_repeats,
      'persona',
      ['default', ...personas],
      ['balance', 'max_repeats'],
    ),
    ...unknownKeys(
      typeof config.balance.max_synthetic_share === 'object' ? config.balance.max_synthetic_share : {},
      'persona',
      ['corpus', 'default', ...personas],
      ['balance', 'max_synthetic_share'],
    ),
    ...unknownKeys(config.inference.persona_temperatures, 'persona', personas, [
      'inference',
      'persona_temperatures',
    ]),
    ...unknownKeys(config.inference.persona_blend ?? {}, 'adapter', adapters, ['inference', 'persona_blend']),
    ...unknownKeys(config.plan.have, 'persona', personas, ['plan', 'have']),
    ...unknownNames([config.inference.default_persona], 'persona', personas, [
      'inference',
      'default_persona',
    ]),
    ...config.eval.persona_tests.flatMap((test, i) =>
      unknownNames([test.persona], 'persona', personas, ['eval', 'persona_tests', i, 'persona']),
    ),
    ...config.sources.flatMap((source, i) =>
      unknownNames(source.persona ? [source.persona] : [], 'persona', personas, ['sources', i, 'persona']),
    ),
    ...checkAdapters(config, personas),
    ...checkPhases(config, personas),
    ...checkPartition(config),
    ...checkBlend(config),
    ...checkSources(config),
  ];
}

/** The phase that takes every row where the curriculum names none. */
export const phaseOfAll = 'all';

/** The phases of a curriculum in order; the keys that are not phases are known by name. */
export function curriculumPhases(config: Config): { key: string; name: string; phase: Phase }[] {
  const { mode: _mode, replay: _replay, held_back: _heldBack, ...phases } = config.training.curriculum;
  return Object.entries(phases).map(([key, value]) => ({
    key,
    name: key.replace(/^phase\d+_/, ''),
    phase: phaseSchema.parse(value),
  }));
}

function checkAdapters(config: Config, personas: readonly string[]): ConfigIssue[] {
  const owner = new Map<string, string>();
  const issues: ConfigIssue[] = [];
  for (const [name, adapter] of Object.entries(config.peft.adapters)) {
    const path = ['peft', 'adapters', name, 'personas'];
    issues.push(
      ...checkFolderName('adapter', name, path.slice(0, -1)),
      ...unknownNames(adapter.personas, 'persona', personas, path),
    );
    if (name === phaseOfAll && curriculumPhases(config).length === 0)
      issues.push({
        path: path.slice(0, -1),
        message: `"${name}" is the phase that takes every row where training.curriculum names none; call the adapter something else`,
      });
    for (const persona of adapter.personas) {
      const first = owner.get(persona);
      if (first)
        issues.push({
          path,
          message: `"${persona}" already belongs to adapter "${first}"; a persona has exactly one`,
        });
      owner.set(persona, name);
    }
  }
  return issues;
}

function checkPhases(config: Config, personas: readonly string[]): ConfigIssue[] {
  const seen = new Set<string>();
  return curriculumPhases(config).flatMap(({ key, name, phase }) => {
    const path = ['training', 'curriculum', key];
    const issues =
      phase.persona_focus === 'all'
        ? []
        : unknownNames(phase.persona_focus, 'persona', personas, [...path, 'persona_focus']);
    if (seen.has(name)) issues.push({ path, message: `two phases are called "${name}"` });
    issues.push(...checkFolderName('phase', name, path));
    if (Object.hasOwn(config.peft.adapters, name))
      issues.push({ path, message: `a phase and an adapter are both called "${name}"` });
    seen.add(name);
    return issues;
  });
}

/** Phases and adapters are folders of the dataset and names of its configurations. */
function checkFolderName(kind: 'phase' | 'adapter', name: string, path: readonly string[]): ConfigIssue[] {
  return /^[a-z][a-z0-9_-]*$/.test(name)
    ? []
    : [
        {
          path,
          message: `${kind} name "${name}" must be lower-case letters, digits, _ or -, a letter first`,
        },
      ];
}

/** What a partition leaves no place for: it puts each row in exactly one phase. */
function checkPartition(config: Config): ConfigIssue[] {
  const { mode, replay } = config.training.curriculum;
  if (mode !== 'partition') return [];
  const path = ['training', 'curriculum'];
  const [first, ...others] = curriculumPhases(config).filter(({ phase }) => phase.persona_focus === 'all');
  const replayed = {
    path: [...path, 'replay'],
    message: `${replay} of earlier phases cannot be replayed where mode is partition, which puts each row in exactly one phase; leave replay out or set mode: view`,
  };
  return [
    ...(replay > 0 ? [replayed] : []),
    ...others.map(({ key }) => ({
      path: [...path, key],
      message: `no row is left for it: phase "${first?.name}" takes all, and mode partition puts each row in exactly one phase; name its personas or set mode: view`,
    })),
  ];
}

function checkBlend(config: Config): ConfigIssue[] {
  const blend = config.inference.persona_blend;
  if (!blend) return [];
  const sum = Object.values(blend).reduce((total, weight) => total + weight, 0);
  return Math.abs(sum - 1) < 1e-9
    ? []
    : [{ path: ['inference', 'persona_blend'], message: `the weights sum to ${sum}, not 1` }];
}

function checkSources(config: Config): ConfigIssue[] {
  const names = new Set<string>();
  return config.sources.flatMap((source, i) => {
    const path = ['sources', i];
    const issues: ConfigIssue[] = [];
    const given = [source.path, source.hub, source.recipe].filter((value) => value !== undefined).length;
    if (given === 0 || (source.path !== undefined && source.hub !== undefined)) {
      issues.push({ path, message: `source "${source.name}" needs exactly one of path, hub, recipe` });
    }
    if (names.has(source.name))
      issues.push({ path: [...path, 'name'], message: `two sources are called "${source.name}"` });
    names.add(source.name);
    return issues;
  });
}

function unknownKeys(
  record: Record<string, unknown>,
  kind: string,
  known: readonly string[],
  path: readonly string[],
): ConfigIssue[] {
  return Object.keys(record).flatMap((name) => unknownNames([name], kind, known, [...path, name]));
}

function unknownNames(
  names: readonly string[],
  kind: string,
  known: readonly string[],
  path: readonly (string | number)[],
): ConfigIssue[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({ path, message: `unknown ${kind} "${name}"; ${suggestName(name, known)}` }));
}
