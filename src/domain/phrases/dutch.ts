import type { Language } from './language.js';

export const DUTCH: Language = {
  tags: ['nl-NL'],
  contact: 'uw contactpersoon',
  spoken: {
    connecting: 'Een ogenblik geduld, wij verbinden u door.',
    busy: 'De persoon die u belt is nu niet bereikbaar. Probeer het later nog eens.',
    ended: 'Dit gesprek kan niet meer tot stand worden gebracht: de sessie is beëindigd.',
    unknown: 'Dit nummer is niet bereikbaar.',
    withheld: 'Bel alstublieft opnieuw met een zichtbaar nummer.',
    notInPool: 'Dit nummer is niet in gebruik.',
    unavailable: 'Deze dienst is tijdelijk niet beschikbaar.',
    crossed: 'U wordt op dit moment door deze persoon gebeld. Hang alstublieft op en beantwoord de oproep.',
    direction: 'U kunt deze persoon niet bellen. U wordt door deze persoon gebeld.',
    whisper: 'Een oproep voor u: {contact}. Druk op 1 om op te nemen.',
    goodbye: 'Tot ziens.',
  },
  texts: {
    undelivered: 'Uw bericht is niet afgeleverd.',
    stopped: 'U ontvangt geen berichten meer van deze dienst. Stuur START om ze weer te ontvangen.',
    started: 'U ontvangt weer berichten.',
    help: 'Berichten aan dit nummer worden doorgestuurd naar uw contactpersoon. Stuur STOP om er geen meer te ontvangen.',
  },
};
