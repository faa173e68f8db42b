import type { Language } from './language.js';

export const DANISH: Language = {
  tags: ['da-DK'],
  contact: 'din kontaktperson',
  spoken: {
    connecting: 'Vent venligst, mens vi stiller dig igennem.',
    busy: 'Personen, du ringer til, er ikke tilgængelig lige nu. Prøv igen senere.',
    ended: 'Opkaldet kan ikke længere gennemføres: sessionen er afsluttet.',
    unknown: 'Nummeret er ikke tilgængeligt.',
    withheld: 'Ring venligst igen med synligt nummer.',
    notInPool: 'Nummeret er ikke i brug.',
    unavailable: 'Tjenesten er midlertidigt utilgængelig.',
    crossed: 'Personen ringer til dig lige nu. Læg venligst på, og besvar opkaldet.',
    direction: 'Du kan ikke ringe til denne person. Personen vil ringe til dig.',
    whisper: 'Opkald fra {contact}. Tryk på 1 for at besvare det.',
    goodbye: 'Farvel.',
  },
  texts: {
    undelivered: 'Din besked blev ikke leveret.',
    stopped: 'Du får ikke flere beskeder fra denne tjeneste. Send START for at få dem igen.',
    started: 'Du får beskeder igen.',
    help: 'Beskeder til dette nummer sendes videre til din kontaktperson. Send STOP for ikke at få flere.',
  },
};
