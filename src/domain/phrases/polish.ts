import type { Language } from './language.js';

/** Labels are not declined: they are the subject of a sentence. */
export const POLISH: Language = {
  tags: ['pl-PL'],
  contact: 'Państwa osoba kontaktowa',
  spoken: {
    connecting: 'Proszę czekać, łączymy rozmowę.',
    busy: 'Ta osoba jest w tej chwili niedostępna. Proszę spróbować ponownie później.',
    ended: 'Tego połączenia nie można już zrealizować: sesja została zakończona.',
    unknown: 'Ten numer jest niedostępny.',
    withheld: 'Proszę zadzwonić ponownie, nie ukrywając numeru.',
    notInPool: 'Ten numer jest nieaktywny.',
    unavailable: 'Usługa jest chwilowo niedostępna.',
    crossed: 'Ta osoba właśnie do Państwa dzwoni. Proszę się rozłączyć i odebrać.',
    direction: 'Do tej osoby nie można zadzwonić. To ona zadzwoni do Państwa.',
    whisper: 'Dzwoni {contact}. Aby odebrać, proszę nacisnąć 1.',
    goodbye: 'Do widzenia.',
  },
  texts: {
    undelivered: 'Wiadomość nie została dostarczona.',
    stopped:
      'Nie będą Państwo otrzymywać więcej wiadomości z tej usługi. Aby otrzymywać je ponownie, proszę wysłać START.',
    started: 'Będą Państwo znowu otrzymywać wiadomości.',
    help: 'Wiadomości wysłane na ten numer są przekazywane osobie kontaktowej. Aby nie otrzymywać więcej wiadomości, proszę wysłać STOP.',
  },
};
