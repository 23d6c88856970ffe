import type { Scenario } from './scenario.ts';

/** What every question about a persona says of its scenario. */
export function describeScenario(scenario: Scenario): string {
  const { primary_archetype: archetype } = scenario.archetype_classification;
  return `Scenario context:
${JSON.stringify(scenario.context_overview, null, 2)}

Domain: ${scenario.general_info.domain}
Archetype: ${archetype ?? 'unknown'}`;
}
