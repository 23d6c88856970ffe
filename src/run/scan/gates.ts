import type { Config, SourceConfig } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';

export interface Refusal {
  readonly reason: 'benchmark' | 'licence';
  readonly error: ConfigError;
}

type Gated = Pick<SourceConfig, 'name' | 'benchmark' | 'licence'>;

/** Why a run refuses a source, if it does. */
export function refusalOf(source: Gated, config: Config): Refusal | null {
  if (source.benchmark && !config.run.allow_benchmarks) {
    const error = new ConfigError(
      `source "${source.name}" is a benchmark; training on it spoils every score measured with it`,
      { code: 'benchmark-refused', hint: 'take it out, or set run.allow_benchmarks: true' },
    );
    return { reason: 'benchmark', error };
  }
  if (!config.run.commercial) return null;
  if (!isKnownLicence(source.licence)) return refusedLicence(`source "${source.name}" has no known licence`);
  if (!nonCommercial.test(source.licence ?? '')) return null;
  return refusedLicence(
    `source "${source.name}" has the licence "${source.licence}", which does not permit commercial use`,
  );
}

function refusedLicence(message: string): Refusal {
  const error = new ConfigError(message, {
    code: 'licence-refused',
    hint: 'take it out, state its licence (sources: {name, path, licence}), or run without --commercial',
  });
  return { reason: 'licence', error };
}

/** Throws what refusalOf says; a licence that nobody knows is a warning. */
export function checkGates(
  source: Gated,
  config: Config,
  warnings: { code: string; message: string }[],
): void {
  const refusal = refusalOf(source, config);
  if (refusal) throw refusal.error;
  if (isKnownLicence(source.licence)) return;
  warnings.push({ code: 'licence-unknown', message: `source "${source.name}" has no known licence` });
}

/** `other` is what the Hub says of a licence that its list does not have. */
export function isKnownLicence(licence: string | null | undefined): boolean {
  return !/^(unknown|other)?$/i.test(licence?.trim() ?? '');
}

/** The words of Creative Commons and of people: CC-BY-NC-4.0, cc-by-nc-sa-4.0, "non-commercial use only". */
export const nonCommercial = /\bnc\b|non-?commercial|research only/i;
