/** What asks for help. */
export const HELP: ReadonlySet<string> = new Set(['--help', '-h', 'help']);

/** Columns of a screen that does not say how many it has. */
export const USUAL_WIDTH = 80;
