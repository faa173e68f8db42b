import type { Language } from './language.js';

/** Labels stand by themselves: before one, "de" might have to be "d'" or "du". */
export const FRENCH: Language = {
  tags: ['fr-FR', 'fr-CA'],
  contact: 'votre contact',
  spoken: {
    connecting: 'Veuillez patienter pendant que nous vous mettons en relation.',
    busy: "La personne que vous appelez n'est pas disponible pour le moment. Veuillez réessayer plus tard.",
    ended: 'Cet appel ne peut plus aboutir : la session est terminée.',
    unknown: "Ce numéro n'est pas disponible.",
    withheld: 'Veuillez rappeler en affichant votre numéro.',
    notInPool: "Ce numéro n'est pas en service.",
    unavailable: 'Ce service est momentanément indisponible.',
    crossed: 'Cette personne vous appelle en ce moment. Veuillez raccrocher et répondre.',
    direction: "Vous ne pouvez pas appeler cette personne. C'est elle qui vous appellera.",
    whisper: 'Un appel pour vous : {contact}. Appuyez sur 1 pour répondre.',
    goodbye: 'Au revoir.',
  },
  texts: {
    undelivered: "Votre message n'a pas été remis.",
    stopped: 'Vous ne recevrez plus de messages de ce service. Envoyez START pour en recevoir à nouveau.',
    started: 'Vous recevrez à nouveau des messages.',
    help: 'Les messages envoyés à ce numéro sont transmis à votre contact. Envoyez STOP pour ne plus en recevoir.',
  },
};
