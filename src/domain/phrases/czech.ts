import type { Language } from './language.js';

/** Labels are not declined: they are the subject of a sentence. */
export const CZECH: Language = {
  tags: ['cs-CZ'],
  contact: 'váš kontakt',
  spoken: {
    connecting: 'Prosím vyčkejte, spojujeme váš hovor.',
    busy: 'Volaná osoba není momentálně dostupná. Zkuste to prosím později.',
    ended: 'Tento hovor již nelze spojit: relace byla ukončena.',
    unknown: 'Toto číslo není dostupné.',
    withheld: 'Zavolejte prosím znovu a neskrývejte své číslo.',
    notInPool: 'Toto číslo není v provozu.',
    unavailable: 'Tato služba je dočasně nedostupná.',
    crossed: 'Tato osoba vám právě volá. Zavěste prosím a přijměte hovor.',
    direction: 'Této osobě nemůžete zavolat. Zavolá ona vám.',
    whisper: 'Volá {contact}. Hovor přijmete stisknutím jedničky.',
    goodbye: 'Na shledanou.',
  },
  texts: {
    undelivered: 'Vaše zpráva nebyla doručena.',
    stopped: 'Z této služby už nebudete dostávat zprávy. Chcete-li je znovu dostávat, pošlete START.',
    started: 'Opět budete dostávat zprávy.',
    help: 'Zprávy na toto číslo se přeposílají vašemu kontaktu. Nechcete-li dostávat další, pošlete STOP.',
  },
};
