import { type Instant, isReserved, type Session } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { Store } from '../store/store.js';

/**
 * The session that an id, a shortened id or a name means. A name means its living bearer before older ones.
 *
 * @throws VoxproxyError `not-found`, or `usage` when several ids begin so
 */
export async function findSession(
  store: Pick<Store, 'sessionsMeant'>,
  text: string,
  now: Instant,
): Promise<Session> {
  const sessions = text === '' ? [] : await store.sessionsMeant(text);
  const named = sessions.filter(({ name }) => name === text);
  const byName = named.findLast((session) => isReserved(session, now)) ?? named.at(-1);
  if (byName !== undefined) return byName;
  const beginning = sessions.filter(({ id }) => id.startsWith(text));
  const [only] = beginning;
  if (only === undefined) {
    throw new VoxproxyError(
      'not-found',
      'There is no such session.',
      'List them with: voxproxy sessions list',
    );
  }
  if (beginning.length > 1) {
    const some = beginning.slice(0, 5).map(({ id }) => id);
    throw new VoxproxyError(
      'usage',
      `${beginning.length} sessions begin so: ${some.join(', ')}${beginning.length > 5 ? ', …' : ''}.`,
      'Give more of the id.',
    );
  }
  return only;
}
