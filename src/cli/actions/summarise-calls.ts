import type { Context } from '../../context.js';
import { dayOf, type Tally, tallyBy, tallyOf } from '../../domain/call-summary.js';
import { otherSide, type Session } from '../../domain/session.js';
import { readTypedNumber } from '../../domain/typed-number.js';
import { VoxproxyError } from '../../errors.js';
import type { Store } from '../../store/store.js';
import { readCalls, wantedOf } from '../calls-read.js';
import type { SummaryFlags } from '../commands/calls.js';
import { oneOf } from '../flags.js';
import { printable } from '../plain-text.js';
import {
  type By,
  HEADINGS,
  type Row,
  summaryTable,
  tallyDocument,
  totalLine,
} from '../present-call-summary.js';

const BY = Object.keys(HEADINGS) as By[];
/** Rows of each table where all three are shown. */
const AT_MOST: Record<By, number> = { day: 14, session: 10, country: 10 };
const UNKNOWN = '(unknown)';

export async function summariseCalls(context: Context, flags: SummaryFlags): Promise<undefined> {
  if (flags.follow)
    throw new VoxproxyError(
      'usage',
      'A summary is not followed.',
      'Follow calls with: voxproxy calls --follow',
    );
  const by = flags.by === undefined ? null : oneOf('--by', flags.by, BY);
  const { calls, texts } = await readCalls(context, await wantedOf(context, undefined, flags.since));
  const store = await context.store();
  const sessions = new Map((await store.sessions()).map((session) => [session.id, session]));
  const countryOf = await countriesOf(store, sessions);

  const days = [...tallyBy(calls, texts, ({ at }) => dayOf(at))].sort(byName);
  const ofSessions = [...tallyBy(calls, texts, ({ sessionId }) => sessionId)].sort(byCalls);
  const countries = [...tallyBy(calls, texts, ({ sessionId, from }) => countryOf(sessionId, from))].sort(
    byCalls,
  );
  const nameOf = (id: string) => sessions.get(id)?.name ?? null;

  const documents = {
    days: days.map(([day, tally]) => ({ day, ...tallyDocument(tally) })),
    sessions: ofSessions.map(([id, tally]) => ({ sessionId: id, name: nameOf(id), ...tallyDocument(tally) })),
    countries: countries.map(([country, tally]) => ({ country, ...tallyDocument(tally) })),
  };
  const rows: Record<By, Row[]> = {
    day: days.map(([label, tally]) => ({ label, tally })),
    session: ofSessions.map(([id, tally]) => ({ label: sessionLabel(id, nameOf(id)), tally })),
    country: countries.map(([country, tally]) => ({ label: country ?? UNKNOWN, tally })),
  };
  const { out } = context;
  out.answer(by === null ? documents : { [PLURALS[by]]: documents[PLURALS[by]] }, () => {
    if (days.length === 0) return 'No calls.';
    if (by !== null) return summaryTable(by, rows[by], out.width);
    return [
      totalLine(tallyOf(calls, texts.length)),
      ...BY.map((one) => shortTable(one, rows[one], out.width)),
    ].join('\n\n');
  });
  sayOfSession(context, [...sessions.values()]);
}

const PLURALS = { day: 'days', session: 'sessions', country: 'countries' } as const;

/** The country of the virtual number that was dialled; null when neither session nor number tell. */
async function countriesOf(store: Store, sessions: ReadonlyMap<string, Session>) {
  const inPool = new Map((await store.numbers()).map(({ number, country }) => [number, country]));
  const known = new Map<string, string | null>();
  return (sessionId: string, from: 'a' | 'b'): string | null => {
    const dialled = sessions.get(sessionId)?.[otherSide(from)].virtualNumber;
    if (dialled === undefined) return null;
    const before = known.get(dialled);
    if (before !== undefined) return before;
    // A number that was given back is in the pool no more.
    const read = inPool.get(dialled) ?? readTypedNumber(dialled, null);
    const country = typeof read === 'string' ? read : 'country' in read ? read.country : null;
    known.set(dialled, country);
    return country;
  };
}

/** The newest days, or what has most calls, and how to see the rest. */
function shortTable(by: By, rows: readonly Row[], width: number): string {
  const most = AT_MOST[by];
  const shown = by === 'day' ? rows.slice(-most) : rows.slice(0, most);
  const left = rows.length - shown.length;
  const drawn = summaryTable(by, shown, width);
  return left === 0 ? drawn : `${drawn}\n  … and ${left} more: voxproxy calls summary --by ${by}`;
}

function sessionLabel(id: string, name: string | null): string {
  return name === null ? id : `${id} (${printable(name)})`;
}

type Counted = [key: string | null, tally: Tally];

function byName([one]: Counted, [other]: Counted): number {
  return (one ?? '') < (other ?? '') ? -1 : 1;
}

function byCalls(one: Counted, other: Counted): number {
  return other[1].calls - one[1].calls || other[1].texts - one[1].texts || byName(one, other);
}

/** The word stands for this command, and not for a session of that name. */
function sayOfSession({ out }: Context, sessions: readonly Session[]): void {
  const meant = sessions.findLast(({ name }) => name === 'summary');
  if (meant !== undefined)
    out.say(`The calls of the session named "summary" are listed with: voxproxy calls ${meant.id}`);
}
