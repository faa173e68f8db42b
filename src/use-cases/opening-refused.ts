import { formatDuration } from '../domain/duration.js';
import type { Opened } from '../domain/opening.js';
import { redact } from '../domain/phone-number.js';
import { SIDES } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import { type CheckedPeople, POSITION, poolNumber } from './check-people.js';

type Refused = Exclude<Opened, { kind: 'created' | 'existing' }>;

/** Why the store opened no session for these two people, and what to do about it. */
export function openingRefused(opened: Refused, people: CheckedPeople, now: number): VoxproxyError {
  switch (opened.kind) {
    case 'differs':
      return new VoxproxyError(
        'conflict',
        `These two already have session ${opened.session.id}, with another ${opened.from.map((term) => TERM_NAMES[term]).join(' and ')}.`,
        `Keep it as it is by leaving that out, or end it first: voxproxy unpair ${opened.session.id}`,
      );
    case 'name-taken':
      return new VoxproxyError(
        'conflict',
        `The name is in use by session ${opened.sessionId}.`,
        'Choose another --name.',
      );
    case 'pool-number':
      return poolNumber(opened.sides[0] ?? 'a');
    case 'full':
      return noneFree(opened, people, now);
  }
}

const TERM_NAMES = {
  name: '--name',
  ttl: '--ttl',
  language: '--language',
  maxDuration: '--max-duration',
  hardExpiry: '--hard-expiry',
  direction: '--direction',
  screen: '--screen',
  detectMachines: '--machine-detection',
  maskNumbers: '--mask-numbers-in-text',
  label: 'label',
};

function noneFree(
  { sides, poolSize, soonest }: Extract<Refused, { kind: 'full' }>,
  people: CheckedPeople,
  now: number,
) {
  const who = sides.map((side) => `the ${POSITION[side]} person, ${redact(people[side].realNumber)}`);
  const why =
    poolSize === 0
      ? 'the pool has no usable number.'
      : `all ${poolSize} ${poolSize === 1 ? 'number' : 'numbers'} of the pool already ${poolSize === 1 ? 'leads' : 'lead'} ${sides.length === 2 ? 'them' : 'it'} to somebody.`;
  const when =
    poolSize === 0
      ? ''
      : soonest === null
        ? 'None comes free by itself: the sessions have no end.\n'
        : `The soonest comes free in ${formatDuration((soonest.at - now) / 1000)} (session ${soonest.session.id}, then ${formatDuration(soonest.session.quarantine)} of quarantine).\n`;
  // A satellite number is of no country that rents numbers out.
  const countries = [...sides, ...SIDES].map((side) => people[side].country);
  const country = countries.find((code) => /^[A-Z]{2}$/.test(code)) ?? 'GB';
  return new VoxproxyError(
    'pool-exhausted',
    `No number is free for ${who.join(' and ')}: ${why}`,
    `${when}Add one:  voxproxy numbers provision ${country} --count ${poolSize === 0 ? 2 : 1}`,
  );
}
