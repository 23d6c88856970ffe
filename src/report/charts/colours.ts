/**
 * Colours of the charts by role, light and dark. Charts are drawn with the light ones; the page's style sheet swaps each
 * for its dark partner by attribute selector, so every light value stands for exactly one role.
 * Contrast against the page: text at least 7:1 (quiet text 4.5:1), marks at least 3:1.
 */
export const colours = {
  ink: { light: '#1b2330', dark: '#e8eaee' },
  quiet: { light: '#5a6473', dark: '#a3acba' },
  grid: { light: '#e3e6ea', dark: '#2c343f' },
  after: { light: '#22628f', dark: '#6fb1df' },
  before: { light: '#8b95a3', dark: '#7d8898' },
  band: { light: '#f3ead6', dark: '#3a3425' },
  bandEdge: { light: '#b29a5e', dark: '#a08b55' },
  alert: { light: '#a8401f', dark: '#ff9a76' },
  source: { light: '#7f8997', dark: '#8d97a6' },
  persona: { light: '#22628e', dark: '#6fb1de' },
  link: { light: '#9aa5b3', dark: '#6f7b8b' },
  flowA: { light: '#3a7ca6', dark: '#69aad6' },
  flowB: { light: '#6d8b4a', dark: '#a3c078' },
  flowC: { light: '#b0703c', dark: '#dba06c' },
  flowD: { light: '#7a5c93', dark: '#b696cf' },
} as const satisfies Record<string, { light: string; dark: string }>;

/** Fill of the phases in turn. */
export const flowColours: readonly string[] = [
  colours.flowA.light,
  colours.flowB.light,
  colours.flowC.light,
  colours.flowD.light,
];
