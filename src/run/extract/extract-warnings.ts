import type { RunContext } from '../context.ts';
import type { ParseCounts } from './parse-stage.ts';

/** What a person should know of how the export was read; each once. */
export function warnOfExport(counts: ParseCounts, context: RunContext): void {
  const skipped = Object.entries(counts.conversationsSkipped);
  if (skipped.length > 0) {
    const total = skipped.reduce((sum, [, count]) => sum + count, 0);
    context.warn(
      'conversations-skipped',
      `${total} of ${counts.conversations} conversations could not be read (${countsText(skipped)})`,
    );
  }
  const fallbacks = counts.notes['no-current-node'] ?? 0;
  if (fallbacks > 0) {
    context.warn(
      'no-current-node',
      `the branch that is current is not told in ${fallbacks} of ${counts.conversations} conversations; the newest was taken`,
    );
  }
  const long = counts.skipped['too-long'] ?? 0;
  if (long > 0) {
    context.warn(
      'messages-too-long',
      `${long} ${long === 1 ? 'message' : 'messages'} of more than 1,000,000 characters left out`,
    );
  }
}

/** Below this share of other languages nobody needs to hear of them. */
const fewOthers = 0.1;

export function warnOfLanguages(languages: Readonly<Record<string, number>>, context: RunContext): void {
  const total = Object.values(languages).reduce((sum, count) => sum + count, 0);
  const others = Object.entries(languages).filter(([name]) => name !== 'en');
  const share = others.reduce((sum, [, count]) => sum + count, 0) / Math.max(1, total);
  if (share <= fewOthers) return;
  context.warn(
    'languages-mixed',
    `${Math.round(share * 100)} % of the messages are not English (${countsText(others)}): topic and tone are told from English words, and clusters may follow the language`,
  );
}

function countsText(counts: readonly (readonly [string, number])[]): string {
  return counts
    .toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
