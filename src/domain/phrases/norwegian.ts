import type { Language } from './language.js';

export const NORWEGIAN: Language = {
  tags: ['nb-NO'],
  contact: 'kontakten din',
  spoken: {
    connecting: 'Vennligst vent mens vi setter deg over.',
    busy: 'Personen du ringer, er ikke tilgjengelig akkurat nå. Prøv igjen senere.',
    ended: 'Samtalen kan ikke lenger settes over: økten er avsluttet.',
    unknown: 'Dette nummeret er ikke tilgjengelig.',
    withheld: 'Vennligst ring igjen med synlig nummer.',
    notInPool: 'Dette nummeret er ikke i bruk.',
    unavailable: 'Denne tjenesten er midlertidig utilgjengelig.',
    crossed: 'Personen ringer deg akkurat nå. Vennligst legg på og svar.',
    direction: 'Du kan ikke ringe denne personen. Personen vil ringe deg.',
    whisper: 'Anrop fra {contact}. Trykk 1 for å svare.',
    goodbye: 'Ha det bra.',
  },
  texts: {
    undelivered: 'Meldingen din ble ikke levert.',
    stopped: 'Du får ikke flere meldinger fra denne tjenesten. Send START for å få dem igjen.',
    started: 'Du får meldinger igjen.',
    help: 'Meldinger til dette nummeret sendes videre til kontakten din. Send STOP for ikke å få flere.',
  },
};
