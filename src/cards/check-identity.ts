import type { Card } from '../core/card.ts';
import type { Finding } from '../core/finding.ts';

/** A grown-up starts to work at this age at the earliest; experience beyond `age` less this cannot be. */
const firstWorkingAge = 16;

/** Facts of a card that cannot all be true of one person. */
export function checkIdentity(card: Card, place: string): Finding[] {
  const error = (code: string, message: string): Finding => ({ code, severity: 'error', place, message });
  return [
    ...checkName(card, error),
    ...checkAge(card, error),
    ...checkLocation(card, error),
    ...checkVoice(card, error),
  ];
}

type Report = (code: string, message: string) => Finding;

function checkName({ name, identity }: Card, error: Report): Finding[] {
  const role = identity.role?.trim().toLowerCase();
  return role !== undefined && role === name.trim().toLowerCase()
    ? [error('card-name-is-role', `name: "${name}" is the role; a person needs a name`)]
    : [];
}

function checkAge({ identity, details }: Card, error: Report): Finding[] {
  const { age } = identity;
  if (age === null) return [];
  if (!Number.isInteger(age) || age < 1 || age > 120) {
    return [error('card-age-impossible', `identity.age: ${age} is not an age in years`)];
  }
  return fieldsOf(details, /^(?:years_(?:of_)?experience|experience_years)$/).flatMap(({ path, value }) => {
    const years = typeof value === 'number' ? value : Number.parseFloat(String(value));
    return years > age - firstWorkingAge
      ? [error('card-age-experience', `${path}: ${years} years of experience at the age of ${age}`)]
      : [];
  });
}

/** The city of the card is the city everywhere: details that name another one speak of another person. */
function checkLocation({ identity, details }: Card, error: Report): Finding[] {
  const city = identity.location?.['city'];
  if (typeof city !== 'string') return [];
  const same = (value: unknown): boolean =>
    typeof value !== 'string' || value.toLowerCase().includes(city.toLowerCase());
  return fieldsOf(details, /^(?:city|home_city|location_city)$/)
    .filter(({ value }) => !same(value))
    .map(({ path, value }) =>
      error(
        'card-location-differs',
        `${path}: ${JSON.stringify(value)}, but identity.location.city is "${city}"`,
      ),
    );
}

function checkVoice({ voice }: Card, error: Report): Finding[] {
  const findings: Finding[] = [];
  const gap = voice.gap_ms;
  if (gap && (gap[0] < 0 || gap[0] > gap[1])) {
    findings.push(error('card-range-reversed', `voice.gap_ms: ${gap[0]} to ${gap[1]} is not a range`));
  }
  if (voice.word_limit !== null && voice.word_limit < 1) {
    findings.push(error('card-word-limit', `voice.word_limit: ${voice.word_limit} is no number of words`));
  }
  return findings;
}

function fieldsOf(
  details: Card['details'],
  pattern: RegExp,
): { readonly path: string; readonly value: unknown }[] {
  return Object.entries(details).flatMap(([category, fields]) =>
    Object.entries(fields)
      .filter(([key]) => pattern.test(key))
      .map(([key, value]) => ({ path: `details.${category}.${key}`, value })),
  );
}
