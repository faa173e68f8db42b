import type { Session } from '../domain/session.js';
import type { JsonStore } from './json-store.js';
import type { Portable } from './portable.js';

/** The file as something that can be moved: it is read and written whole anyway. */
export function portableFile(store: JsonStore, path: string): Portable {
  return {
    shown: path,
    async give(take) {
      const { lookupKey, numbers, marked, sessions } = await store.contents();
      const pages = async function* () {
        yield sessions;
      };
      return take({ lookupKey, numbers, marked, count: sessions.length }, pages());
    },
    async take({ lookupKey, numbers, marked }, pages) {
      const sessions: Session[] = [];
      for await (const page of pages) for (const session of page) sessions.push(session);
      const { blocked, textsStopped } = marked;
      await store.replace({
        lookupKey,
        numbers: [...numbers],
        sessions,
        marked: { blocked: [...blocked], textsStopped: [...textsStopped] },
      });
    },
  };
}
