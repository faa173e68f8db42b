import type { ChalkInstance } from 'chalk';
import { formatDuration } from '../domain/duration.js';
import {
  type Instant,
  mayCall,
  otherSide,
  type Session,
  SIDES,
  type Side,
  statusAt,
} from '../domain/session.js';
import { personal, spaced } from './format-number.js';
import { table } from './table.js';

export type Showing = { now: Instant; reveal: boolean };

/** A session as every JSON answer has it. */
export function sessionDocument(session: Session, { now, reveal }: Showing) {
  const participant = (side: Side) => {
    const { realNumber, country, virtualNumber, label, language, notifiedAt } = session[side];
    return {
      realNumber: realNumber === null ? null : personal(realNumber, reveal),
      country,
      virtualNumber,
      label,
      language,
      notifiedAt: iso(notifiedAt),
    };
  };
  return {
    id: session.id,
    name: session.name,
    status: statusAt(session, now),
    createdAt: iso(session.createdAt),
    expiresAt: iso(session.expiresAt),
    closedAt: iso(session.closedAt),
    direction: session.direction,
    a: participant('a'),
    b: participant('b'),
  };
}

/** `session brave-otter · ends in 2 hours`, with the name when it has one. */
export function sessionTitle(session: Session, now: Instant): string {
  const name = session.name === null ? '' : ` (${printable(session.name)})`;
  return `session ${session.id}${name} · ${endText(session, now)}`;
}

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

export function sessionTable(sessions: readonly Session[], showing: Showing, width: number): string {
  const rows = sessions.map((session) => [
    session.id,
    printable(session.name ?? ''),
    endText(session, showing.now),
    ...SIDES.map(
      (side) =>
        `${personal(session[side].realNumber, showing.reveal)} → ${session[otherSide(side)].virtualNumber}`,
    ),
  ]);
  return table(['session', 'name', 'status', 'a → dials', 'b → dials'], rows, width);
}

export function sessionDetails(session: Session, showing: Showing, style: ChalkInstance): string {
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

function endText(session: Session, now: Instant): string {
  const { expiresAt, closedAt } = session;
  switch (statusAt(session, now)) {
    case 'closed':
      return `closed ${formatDuration((now - (closedAt ?? now)) / 1000)} ago`;
    case 'expired':
      return `expired ${formatDuration((now - (expiresAt ?? now)) / 1000)} ago`;
    case 'open':
      return expiresAt === null ? 'open until closed' : `ends in ${formatDuration((expiresAt - now) / 1000)}`;
  }
}

/** A text of the operator's, without what a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '�');
}

export function iso(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
