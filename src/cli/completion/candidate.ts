/** One way in which the word that is being typed could go on. */
export type Candidate = { value: string; description: string };

export const FILES = 'files';

/** What can stand in a place: these, or any file. */
export type Offer = readonly Candidate[] | typeof FILES;

export function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, description: '' }));
}
