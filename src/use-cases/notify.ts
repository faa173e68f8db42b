import { redact } from '../domain/phone-number.js';
import { mayCall, otherSide, type Session, SIDES, type Side } from '../domain/session.js';
import { reportOf, VoxproxyError } from '../errors.js';
import type { Store, Told } from '../store/store.js';
import type { Vonage } from '../vonage/vonage.js';

export type Telling = 'sent' | 'skipped' | 'failed';
export type Notified = Record<Side, Telling>;

export type NotifyDependencies = {
  store: Store;
  vonage: Vonage;
  now: () => number;
  /** With `{contact}` where the other side's label goes. */
  smsText: string;
  warn: (message: string) => void;
  /** Once aborted, nobody else is told; who was told is still written down. */
  signal: AbortSignal;
};

/** Sessions told at once; Vonage takes 30 requests a second. */
const AT_ONCE = 8;
const TOLD_PER_WRITE = 40;
const CONTACT = 'your contact';

const TEXTS_STOPPED = new VoxproxyError(
  'conflict',
  'they asked for no more texts (STOP).',
  'Tell them in another way; a text START from them allows texts again.',
);

/** The SMS to one side, sent from the number that it is to dial. */
export function textFor(
  session: Session,
  side: Side,
  smsText: string,
): { from: Session['a']['virtualNumber']; text: string } {
  const other = session[otherSide(side)];
  return { from: other.virtualNumber, text: smsText.replaceAll('{contact}', () => other.label ?? CONTACT) };
}

/**
 * Tells the sides that `wanted` names which number to dial, and writes down who was told.
 *
 * @returns for each session, in order, what became of either side
 */
export async function notify(
  deps: NotifyDependencies,
  sessions: readonly Session[],
  wanted: (session: Session, side: Side) => boolean,
): Promise<Notified[]> {
  const results: Notified[] = sessions.map(() => ({ a: 'skipped', b: 'skipped' }));
  let unwritten: Told[] = [];
  const write = async () => {
    const told = unwritten;
    unwritten = [];
    await deps.store.markTold(told);
  };
  const tell = async (session: Session, side: Side): Promise<Telling> => {
    const { realNumber } = session[side];
    const isWanted = wanted(session, side) && mayCall(session, side);
    if (!isWanted || realNumber === null || deps.signal.aborted) return 'skipped';
    try {
      if ((await deps.store.marksOf(realNumber)).textsStopped) throw TEXTS_STOPPED;
      await deps.vonage.sendText({ ...textFor(session, side, deps.smsText), to: realNumber });
    } catch (error) {
      const { message, hint } = reportOf(error);
      deps.warn(
        `Side ${side} (${redact(realNumber)}) of session ${session.id} could not be told: ${message}${hint === null ? '' : ` ${hint}`}`,
      );
      return 'failed';
    }
    unwritten.push({ sessionId: session.id, side, at: deps.now() });
    return 'sent';
  };
  let next = 0;
  const worker = async () => {
    while (next < sessions.length) {
      const at = next++;
      const session = sessions[at] as Session;
      const [a, b] = await Promise.all(SIDES.map((side) => tell(session, side)));
      results[at] = { a: a as Telling, b: b as Telling };
      if (unwritten.length >= TOLD_PER_WRITE) await write();
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    await write();
  }
  return results;
}
