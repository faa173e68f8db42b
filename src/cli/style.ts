type Paint = (text: string) => string;

/** The few ways in which something stands out on a terminal. */
export type Style = Record<'green' | 'red' | 'yellow' | 'bold' | 'dim', Paint>;

const plain: Paint = (text) => text;

/** How things look where nobody watches a screen, or wants no colours. */
export const PLAIN: Style = { green: plain, red: plain, yellow: plain, bold: plain, dim: plain };

/** Colours are loaded for a screen that shows them: a sixth of the time that a short command takes. */
export async function styleOf(colored: boolean): Promise<Style> {
  if (!colored) return PLAIN;
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
}
