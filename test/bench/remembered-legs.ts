import pg from 'pg';
import type { E164 } from '../../src/domain/phone-number.js';
import type { Located } from '../../src/domain/routing.js';
import type { Store } from '../../src/store/store.js';

const CHANNEL = 'voxproxy_sessions_changed';

/** Has PostgreSQL tell which session changed, as part of every change. */
export const TELLING = `
  CREATE FUNCTION voxproxy_tell() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify('${CHANNEL}', NEW.id); RETURN NULL; END $$;
  CREATE TRIGGER voxproxy_tell AFTER UPDATE ON voxproxy_sessions FOR EACH ROW EXECUTE FUNCTION voxproxy_tell()`;

/** What voxproxy does without: look-ups that found a session are remembered until PostgreSQL says that it changed. */
export class RememberedLegs {
  readonly #store: Pick<Store, 'locate'>;
  readonly #client: pg.Client;
  readonly #found = new Map<string, Promise<Located>>();
  readonly #keys = new Map<string, Set<string>>();

  private constructor(store: Pick<Store, 'locate'>, client: pg.Client) {
    this.#store = store;
    this.#client = client;
  }

  static async over(store: Pick<Store, 'locate'>, url: string): Promise<RememberedLegs> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const remembered = new RememberedLegs(store, client);
    client.on('notification', ({ payload }) => remembered.#forget(payload ?? ''));
    await client.query(`LISTEN ${CHANNEL}`);
    return remembered;
  }

  locate(caller: E164, dialled: E164): Promise<Located> {
    const key = `${caller} ${dialled}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const looking = this.#store.locate(caller, dialled);
    this.#found.set(key, looking);
    looking.then(({ owner }) => {
      if (owner === undefined) this.#found.delete(key);
      else this.#keys.set(owner.id, (this.#keys.get(owner.id) ?? new Set()).add(key));
    });
    return looking;
  }

  async end(): Promise<void> {
    await this.#client.end();
  }

  #forget(id: string): void {
    for (const key of this.#keys.get(id) ?? []) this.#found.delete(key);
    this.#keys.delete(id);
  }
}
