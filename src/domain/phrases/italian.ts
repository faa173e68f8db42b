import type { Language } from './language.js';

/** Labels stand by themselves: before one, "da" might have to be "dal" or "dalla". */
export const ITALIAN: Language = {
  tags: ['it-IT'],
  contact: 'il suo contatto',
  spoken: {
    connecting: 'Attenda in linea, la stiamo mettendo in comunicazione.',
    busy: 'La persona chiamata non è al momento disponibile. Riprovi più tardi.',
    ended: 'Non è più possibile inoltrare questa chiamata: la sessione è terminata.',
    unknown: 'Questo numero non è disponibile.',
    withheld: 'La preghiamo di richiamare con il numero visibile.',
    notInPool: 'Questo numero non è attivo.',
    unavailable: 'Questo servizio non è al momento disponibile.',
    crossed: 'Questa persona la sta chiamando in questo momento. Per favore, riagganci e risponda.',
    direction: 'Non può chiamare questa persona. Riceverà una chiamata da parte sua.',
    whisper: 'Una chiamata per lei: {contact}. Prema 1 per rispondere.',
    goodbye: 'Arrivederci.',
  },
  texts: {
    undelivered: 'Il suo messaggio non è stato consegnato.',
    stopped: 'Non riceverà più messaggi da questo servizio. Invii START per riceverli di nuovo.',
    started: 'Riceverà di nuovo i messaggi.',
    help: 'I messaggi a questo numero vengono inoltrati al suo contatto. Invii STOP per non riceverne più.',
  },
};
