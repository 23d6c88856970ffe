/** A bar of eighth blocks for `share` with `|` where the target lies; `scale` fills the width. No trailing space. */
export function shareBar(share: number, target: number | null, scale: number, width: number): string {
  const eighths = Math.round(Math.min(1, share / scale) * (width - 1) * 8);
  const full = Math.floor(eighths / 8);
  const cells = [...Array.from({ length: full }, () => '█'), eighthBlocks[eighths % 8] ?? ''].filter(
    (cell) => cell !== '',
  );
  if (target !== null) {
    const position = Math.round(Math.min(1, target / scale) * (width - 1));
    while (cells.length <= position) cells.push(' ');
    cells[position] = '│';
  }
  return cells.join('');
}

const eighthBlocks = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
