import type { Webhooks } from '../vonage/vonage.js';

/** The routes that Vonage calls. */
export const PATHS = {
  answer: '/proxy-call',
  event: '/event',
  connectEvent: '/connect-event',
  whisper: '/whisper',
  screenAnswer: '/screen-answer',
  inboundMessage: '/inbound-message',
  messageStatus: '/message-status',
} as const;

/** Tells whoever rehearses a call what was decided, beside the instructions that Vonage would get. */
export const ROUTE_HEADER = 'voxproxy-route';

/** The webhooks of an application that is answered at this base URL. */
export function webhooksAt(baseUrl: string): Webhooks {
  return {
    answerUrl: baseUrl + PATHS.answer,
    fallbackUrl: baseUrl + PATHS.answer,
    eventUrl: baseUrl + PATHS.event,
    inboundUrl: baseUrl + PATHS.inboundMessage,
    statusUrl: baseUrl + PATHS.messageStatus,
  };
}
