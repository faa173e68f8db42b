import type { Language } from './language.js';

/** Labels are not declined: they are the subject of a sentence. */
export const FINNISH: Language = {
  tags: ['fi-FI'],
  contact: 'yhteyshenkilönne',
  spoken: {
    connecting: 'Odottakaa hetki, puheluanne yhdistetään.',
    busy: 'Tavoittelemaanne henkilöön ei juuri nyt saada yhteyttä. Yrittäkää myöhemmin uudelleen.',
    ended: 'Puhelua ei voida enää yhdistää: istunto on päättynyt.',
    unknown: 'Tähän numeroon ei saada yhteyttä.',
    withheld: 'Soittakaa uudelleen niin, että numeronne näkyy.',
    notInPool: 'Tämä numero ei ole käytössä.',
    unavailable: 'Palvelu on tilapäisesti poissa käytöstä.',
    crossed: 'Tämä henkilö soittaa teille juuri nyt. Lopettakaa tämä puhelu ja vastatkaa hänelle.',
    direction: 'Ette voi soittaa tälle henkilölle. Hän soittaa teille.',
    whisper: 'Teille soittaa {contact}. Vastatkaa puheluun painamalla ykköstä.',
    goodbye: 'Kuulemiin.',
  },
  texts: {
    undelivered: 'Viestiänne ei toimitettu perille.',
    stopped: 'Ette saa enää viestejä tästä palvelusta. Jos haluatte taas viestejä, lähettäkää START.',
    started: 'Saatte jälleen viestejä.',
    help: 'Tähän numeroon lähetetyt viestit välitetään yhteyshenkilöllenne. Jos ette halua enää viestejä, lähettäkää STOP.',
  },
};
