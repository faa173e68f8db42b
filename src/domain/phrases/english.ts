import type { Language } from './language.js';

export const ENGLISH: Language = {
  tags: ['en-GB', 'en-US', 'en-AU', 'en-IN', 'en-ZA'],
  contact: 'your contact',
  spoken: {
    connecting: 'Please wait while we connect your call.',
    busy: 'The person you called is not available right now. Please try again later.',
    ended: 'This call can no longer be connected: the session has ended.',
    unknown: 'This number is not available.',
    withheld: 'Please call again with your number shown.',
    notInPool: 'This number is not in service.',
    unavailable: 'This service is temporarily unavailable.',
    crossed: 'They are calling you right now. Please hang up and answer.',
    direction: 'You cannot call this person. They will call you.',
    whisper: 'A call from {contact}. Press 1 to take it.',
    goodbye: 'Goodbye.',
  },
  texts: {
    undelivered: 'Your message was not delivered.',
    stopped: 'You will get no more messages from here. Text START to get them again.',
    started: 'You will get messages again.',
    help: 'Messages to this number are passed on to your contact. Text STOP to get no more.',
  },
};
