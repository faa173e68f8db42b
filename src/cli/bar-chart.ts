const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const FULL = '█';

/** A bar for each value, the longest as wide as asked; whatever is more than nothing can be seen. */
export function bars(values: readonly number[], width: number): string[] {
  const most = values.reduce((one, other) => Math.max(one, other), 0);
  return values.map((value) => {
    if (value <= 0) return '';
    const eighths = Math.max(1, Math.round((value / most) * width * 8));
    return FULL.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  });
}
