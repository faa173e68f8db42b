import type { Language } from './language.js';

export const SWEDISH: Language = {
  tags: ['sv-SE'],
  contact: 'din kontakt',
  spoken: {
    connecting: 'Vänta medan vi kopplar ditt samtal.',
    busy: 'Personen du ringer kan inte svara just nu. Försök igen senare.',
    ended: 'Samtalet kan inte längre kopplas: sessionen är avslutad.',
    unknown: 'Numret är inte tillgängligt.',
    withheld: 'Ring igen med synligt nummer.',
    notInPool: 'Numret används inte.',
    unavailable: 'Tjänsten är tillfälligt otillgänglig.',
    crossed: 'Personen ringer dig just nu. Lägg på och svara.',
    direction: 'Du kan inte ringa den här personen. Personen kommer att ringa dig.',
    whisper: 'Samtal från {contact}. Tryck 1 för att svara.',
    goodbye: 'Hej då.',
  },
  texts: {
    undelivered: 'Ditt meddelande levererades inte.',
    stopped: 'Du får inga fler meddelanden från den här tjänsten. Skicka START för att få dem igen.',
    started: 'Du får meddelanden igen.',
    help: 'Meddelanden till det här numret skickas vidare till din kontakt. Skicka STOP för att inte få fler.',
  },
};
