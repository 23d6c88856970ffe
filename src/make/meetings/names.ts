import { pick } from './draw.ts';

/** Invented people; a first and a last name are drawn apart, so that 2,304 people can be met. */
const firstNames =
  'Aiko Amara Anders Bao Beatriz Bilal Camille Chidi Clara Dana Dimitri Elif Emeka Esther Farid Fiona Goran Hana Henrik Ines Ivan Jamal Jia Jonas Kavya Keiko Laila Lars Leandro Lucia Marek Mei Mira Nadia Noor Olga Omar Paulo Priya Rafael Rosa Samir Sofia Tariq Teresa Tomas Yara Zoe'.split(
    ' ',
  );
const lastNames =
  'Abara Acosta Ahmadi Bauer Berg Castillo Chen Costa Dahl Diallo Eriksen Falk Ferrari Gupta Haddad Hansen Ibrahim Ivanova Jansen Kaya Kim Kowalski Larsen Lopez Mbeki Meyer Moreau Nakamura Novak Okafor Olsen Park Petrov Quist Rahman Reyes Rossi Sato Schmidt Silva Singh Tanaka Thorne Usman Vargas Weber Yilmaz Zhou'.split(
    ' ',
  );

export function drawName(random: () => number): string {
  return `${pick(firstNames, random)} ${pick(lastNames, random)}`;
}

/** `dana.reyes@company.com`: letters and digits of the name, dots between. */
export function addressOf(name: string, domain: string): string {
  const local = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\([^)]*\)/g, '')
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.+|\.+$/g, '');
  return `${local || 'guest'}@${domain}`;
}

/** `Northwind Traders` → `northwindtraders.example`: a domain that can belong to nobody. */
export function domainOf(organisation: string): string {
  return `${organisation.toLowerCase().replace(/[^a-z0-9]+/g, '') || 'partner'}.example`;
}

export const ownDomain = 'company.com';
