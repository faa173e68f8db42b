import type { Language } from './language.js';

/** Labels are in no case of German: they stand by themselves, where no preposition asks for one. */
export const GERMAN: Language = {
  tags: ['de-DE'],
  contact: 'Ihr Kontakt',
  spoken: {
    connecting: 'Bitte warten Sie, während wir Sie verbinden.',
    busy: 'Die angerufene Person ist gerade nicht erreichbar. Bitte versuchen Sie es später noch einmal.',
    ended: 'Dieser Anruf kann nicht mehr verbunden werden: Die Sitzung ist beendet.',
    unknown: 'Diese Nummer ist nicht erreichbar.',
    withheld: 'Bitte rufen Sie noch einmal mit sichtbarer Rufnummer an.',
    notInPool: 'Diese Nummer ist nicht vergeben.',
    unavailable: 'Dieser Dienst ist vorübergehend nicht verfügbar.',
    crossed:
      'Sie werden gerade von dieser Person angerufen. Bitte legen Sie auf und nehmen Sie den Anruf an.',
    direction: 'Sie können diese Person nicht anrufen. Sie werden von ihr angerufen.',
    whisper: 'Ein Anruf für Sie: {contact}. Drücken Sie die 1, um ihn anzunehmen.',
    goodbye: 'Auf Wiederhören.',
  },
  texts: {
    undelivered: 'Ihre Nachricht wurde nicht zugestellt.',
    stopped:
      'Sie erhalten von diesem Dienst keine Nachrichten mehr. Senden Sie START, um sie wieder zu erhalten.',
    started: 'Sie erhalten wieder Nachrichten.',
    help: 'Nachrichten an diese Nummer werden an Ihren Kontakt weitergeleitet. Senden Sie STOP, um keine mehr zu erhalten.',
  },
};
