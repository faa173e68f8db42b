import { formatDuration } from '../domain/duration.js';
import { type Instant, type Session, type Side, statusAt } from '../domain/session.js';
import { personal } from './format-number.js';
import { iso, printable } from './plain-text.js';

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

/** When it ends or ended, in words. */
export function endText(session: Session, now: Instant): string {
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
