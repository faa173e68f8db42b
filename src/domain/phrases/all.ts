import { BRAZILIAN_PORTUGUESE } from './brazilian-portuguese.js';
import { CZECH } from './czech.js';
import { DANISH } from './danish.js';
import { DUTCH } from './dutch.js';
import { ENGLISH } from './english.js';
import { FINNISH } from './finnish.js';
import { FRENCH } from './french.js';
import { GERMAN } from './german.js';
import { ITALIAN } from './italian.js';
import { JAPANESE } from './japanese.js';
import type { Language } from './language.js';
import { NORWEGIAN } from './norwegian.js';
import { POLISH } from './polish.js';
import { PORTUGUESE } from './portuguese.js';
import { SPANISH } from './spanish.js';
import { SWEDISH } from './swedish.js';
import { TURKISH } from './turkish.js';

/** Where two of them share their two letters, the first is what these mean. */
export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  GERMAN,
  FRENCH,
  SPANISH,
  ITALIAN,
  DUTCH,
  PORTUGUESE,
  BRAZILIAN_PORTUGUESE,
  POLISH,
  SWEDISH,
  DANISH,
  NORWEGIAN,
  FINNISH,
  CZECH,
  TURKISH,
  JAPANESE,
];
