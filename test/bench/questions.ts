import { randomUUID } from 'node:crypto';
import type { SandboxEnv } from '../../src/sandbox/sandbox.js';
import { type Signing, signedGet } from '../support/signed.js';
import type { Pair, Phone } from './homes.js';

/** An answer webhook ready to be sent, and what the right answer says. */
export type Question = {
  bytes: Buffer;
  /** Whose phone is to ring, and which number it is to show. */
  callee: string;
  callerId: string;
};

export function signingOf(env: SandboxEnv): Signing {
  return {
    secret: env.VONAGE_SIGNATURE_SECRET,
    apiKey: env.VONAGE_API_KEY,
    applicationId: env.VONAGE_APPLICATION_ID,
  };
}

/** A call of one to the other, with a token that nobody has seen before. */
export function questionOf(signing: Signing, caller: Phone, callee: Phone): Question {
  const parameters = {
    from: caller.realNumber,
    to: callee.virtualNumber,
    uuid: randomUUID().replaceAll('-', ''),
    conversation_uuid: `CON-${randomUUID()}`,
    region_url: 'https://api-eu-3.vonage.com',
    endpoint_type: 'phone',
  };
  const { query, init } = signedGet(signing, parameters, { jti: randomUUID() });
  const head = [
    `GET /proxy-call${query} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: Apache-HttpAsyncClient/4.1 (Java/1.8.0_66)',
    'Accept: */*',
    `Authorization: ${init.headers.authorization}`,
  ];
  return {
    bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'),
    callee: callee.realNumber,
    callerId: caller.virtualNumber,
  };
}

/** So many calls on random legs of these sessions. */
export function questionsOf(
  signing: Signing,
  pairs: readonly Pair[],
  count: number,
  random: (below: number) => number,
): Question[] {
  return Array.from({ length: count }, () => {
    const { a, b } = pairs[random(pairs.length)] as Pair;
    return random(2) === 0 ? questionOf(signing, a, b) : questionOf(signing, b, a);
  });
}

/** Whether the caller is put through to the right phone, which shows the right number. */
export function connects(answer: string, { callee, callerId }: Question): boolean {
  return (
    answer.startsWith('HTTP/1.1 200 ') &&
    answer.includes('"action":"connect"') &&
    answer.includes(`"number":"${callee}"`) &&
    answer.includes(`"from":"${callerId}"`)
  );
}
