import { otherSide, type Session, SIDES } from '../domain/session.js';
import { personal } from './format-number.js';
import { printable } from './plain-text.js';
import { endText, type Showing } from './present-session.js';
import { table } from './table.js';

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
