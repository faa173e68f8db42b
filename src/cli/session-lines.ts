import { formatDuration } from '../domain/duration.js';
import { mayCall, otherSide, type Session, SIDES } from '../domain/session.js';
import { personal } from './format-number.js';
import { iso, printable } from './plain-text.js';
import { type Showing, sessionTitle } from './present-session.js';
import { spaced } from './spaced-number.js';
import type { Style } from './style.js';

/** Who dials what and reaches whom, a line each. */
export function sessionLines(session: Session, { reveal }: Showing): string {
  return SIDES.map((side) => {
    const other = session[otherSide(side)];
    const reached = other.label === null ? otherSide(side) : printable(other.label);
    const does = mayCall(session, side)
      ? `dials  ${spaced(other.virtualNumber)}   and reaches ${reached}`
      : `is called from  ${spaced(other.virtualNumber)}   by ${reached}, and cannot call`;
    return `  ${side}  ${personal(session[side].realNumber, reveal)}   ${does}`;
  }).join('\n');
}

export function sessionDetails(session: Session, showing: Showing, style: Style): string {
  const told = SIDES.map(
    (side) =>
      `${side} ${session[side].notifiedAt === null ? 'not told' : `told ${iso(session[side].notifiedAt)}`}`,
  );
  const facts = [
    `made ${iso(session.createdAt)}`,
    told.join(', '),
    ...SIDES.map((side) => {
      const { language } = session[side];
      return language === null ? null : `${side} hears ${language}`;
    }),
    session.screen === null ? null : `callees are ${session.screen ? '' : 'not '}asked to press 1`,
    session.detectMachines === null
      ? null
      : `voicemail is ${session.detectMachines ? '' : 'not '}told from people`,
    session.maskNumbers === null
      ? null
      : `numbers in texts are ${session.maskNumbers ? 'hidden' : 'left as they are'}`,
    session.maxDuration === null ? null : `calls end after ${formatDuration(session.maxDuration)}`,
    session.hardExpiry ? 'calls end with the session' : null,
    `legs stay reserved for ${formatDuration(session.quarantine)} after the end`,
  ];
  const lines = facts.filter((fact) => fact !== null).map((fact) => `  ${fact}`);
  return `${style.bold(sessionTitle(session, showing.now))}\n\n${sessionLines(session, showing)}\n\n${lines.join('\n')}`;
}
