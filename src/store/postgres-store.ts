import { type Erased, erasePerson } from '../domain/erasing.js';
import { decideExtension, type Extended } from '../domain/extending.js';
import type { Opened } from '../domain/opening.js';
import type { E164 } from '../domain/phone-number.js';
import type { NumberState, PoolNumber } from '../domain/pool.js';
import type { Located } from '../domain/routing.js';
import type { Instant, PersonId, Session } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { FieldCipher } from './field-cipher.js';
import type { Portable, SessionPages, StoreFrame } from './portable.js';
import { Access, type Clock } from './postgres/access.js';
import type { Address } from './postgres/address.js';
import { LOCATE, type LocateRow, locatedIn } from './postgres/answering.js';
import { close } from './postgres/closing.js';
import type { Database, Send } from './postgres/database.js';
import { inTime } from './postgres/deadline.js';
import { failureOf } from './postgres/failure.js';
import { newborn } from './postgres/frame.js';
import { holdPeople } from './postgres/locks.js';
import { MARKS, type MarkRow, marksIn } from './postgres/marks.js';
import { migrate, refuseOtherVersion, SCHEMA_VERSION, schemaVersion } from './postgres/migrate.js';
import { readFrame, replaceAll } from './postgres/moving.js';
import { NUMBER_COLUMNS, type NumberRow, numberOf } from './postgres/number-rows.js';
import { Opener } from './postgres/opener.js';
import { PoolMemory } from './postgres/pool-memory.js';
import { recrypt } from './postgres/recrypting.js';
import { RentedNumbers } from './postgres/rented-numbers.js';
import { readSessions } from './postgres/session-pages.js';
import {
  putSession,
  readHeld,
  SESSION_IF_ANY,
  SESSION_JSON,
  type SessionJson,
  sessionOf,
} from './postgres/session-rows.js';
import { survey } from './postgres/survey.js';
import type { Mark, Marks, OpeningRequest, Store, Told } from './store.js';

/** Requests of one transaction: a file of a million lines holds its people a few at a time. */
const AT_ONCE = 500;

/** Sessions and virtual numbers in PostgreSQL, for as many listeners and commands at once as there are. */
export class PostgresStore implements Store, Portable {
  readonly #access: Access;
  readonly #memory = new PoolMemory();
  readonly #opener: Opener;

  /** @param cipher seals real numbers and the lookup key; null for a store in plain text */
  constructor(address: Address, cipher: FieldCipher | null = null, clock: Clock = 'database') {
    this.#access = new Access(address, cipher, clock);
    this.#opener = new Opener(this.#access, this.#memory);
  }

  /** Where it is, without user and password. */
  get shown(): string {
    return this.#access.database.shown;
  }

  /** For what lies beside the sessions. */
  get database(): Database {
    return this.#access.database;
  }

  /** Resolves when the schema is there. */
  async ready(): Promise<void> {
    await this.#access.frame();
  }

  /** Gives the connections back. */
  async end(): Promise<void> {
    await this.#access.database.close();
  }

  async sessions() {
    const sessions: Session[] = [];
    await this.#access.reading(async (send) => {
      sessions.length = 0;
      for await (const page of readSessions(send, this.#access.seals)) sessions.push(...page);
    });
    return sessions;
  }

  async session(id: string) {
    const [row] = await this.#access.ask<{ session: SessionJson | null }>(
      this.#access.database.look,
      `SELECT m.generation, ${SESSION_IF_ANY} AS session
        FROM voxproxy_store m LEFT JOIN voxproxy_sessions s ON s.id = $1`,
      () => [id],
    );
    return row?.session == null ? undefined : sessionOf(row.session, this.#access.seals);
  }

  async sessionsMeant(text: string) {
    const known = await this.session(text);
    if (known !== undefined) return [known];
    // Looks at every row, which takes half a second with a million of them; an index would cost each pair.
    return this.#access.reading(async (send) => {
      const { rows } = await send<{ session: SessionJson }>(
        `SELECT ${SESSION_JSON} AS session FROM voxproxy_sessions s
          WHERE s.name = $1 OR left(s.id, length($1)) = $1 ORDER BY s.made`,
        [text],
      );
      return rows.map(({ session }) => sessionOf(session, this.#access.seals));
    });
  }

  async numbers() {
    const rows = await this.#access.ask<NumberRow>(
      this.#access.database.look,
      `SELECT m.generation, ${NUMBER_COLUMNS}
      FROM voxproxy_store m LEFT JOIN voxproxy_numbers ON true ORDER BY placed`,
      () => [],
    );
    return rows.filter(({ number }) => number !== null).map((row) => numberOf(row, this.#access.seals));
  }

  async locate(caller: E164 | undefined, dialled: E164): Promise<Located> {
    return this.#hurry(this.#locate(caller, dialled));
  }

  /** Each look-up asks anew: a change takes no longer than none. */
  async expectChanges(): Promise<void> {}

  async marksOf(number: E164): Promise<Marks> {
    let person = '' as PersonId;
    const asking = this.#access.ask<MarkRow>(this.#access.database.ask, MARKS, (frame) => {
      person = frame.person(number);
      return [person];
    });
    const [row] = await this.#hurry(asking);
    return marksIn(row, person, this.#access.seals);
  }

  async open(requests: readonly OpeningRequest[], now: Instant, newId: () => string) {
    const opened: Opened[] = [];
    try {
      for (let from = 0; from < requests.length; from += AT_ONCE)
        opened.push(...(await this.#opener.open(requests.slice(from, from + AT_ONCE), now, newId)));
    } catch (error) {
      throw opened.length > 0 ? endedAfter(opened.length, error) : error;
    }
    return opened;
  }

  async preview(requests: readonly OpeningRequest[], given: Instant) {
    return this.#access.reading((send, frame) => this.#opener.preview(send, frame, requests, given));
  }

  async close(sessionId: string, given: Instant) {
    return close(this.#access, sessionId, given);
  }

  async extend(sessionId: string, ttl: number, given: Instant): Promise<Extended | undefined> {
    const known = await this.session(sessionId);
    if (known === undefined) {
      await this.forgetEnded(given);
      return undefined;
    }
    // Who a session is between never changes.
    const pair = [known.a.person, known.b.person] as const;
    const { seals } = this.#access;
    return this.#access.writing('SHARE', given, async (send, _now, frame) => {
      await holdPeople(send, [...pair].sort());
      const [session] = await readHeld(send, [sessionId], seals);
      if (session === undefined) return undefined;
      const concern = { people: pair, pairs: [pair], names: [sessionId] };
      // The time is that of what is seen: whoever waited here may find that the session ended meanwhile.
      const seen = await survey(send, frame, concern, this.#access.dueBy(given), seals);
      const numbers = [...(await this.#memory.numbers(send, seen.poolVersion, seals)).values()];
      const extended = decideExtension(session, ttl, seen.sessions, numbers, this.#access.at(seen, given));
      if (extended.kind === 'extended') await putSession(send, extended.session, seals);
      return extended;
    });
  }

  async markTold(told: readonly Told[]) {
    if (told.length === 0) return;
    const latest = told.reduce((last, { at }) => Math.max(last, at), 0);
    const { seals } = this.#access;
    await this.#access.writing('SHARE', latest, async (send) => {
      const sessions = new Map(
        (
          await readHeld(
            send,
            told.map(({ sessionId }) => sessionId),
            seals,
          )
        ).map((one) => [one.id, one]),
      );
      for (const { sessionId, side, at } of told) {
        const session = sessions.get(sessionId);
        if (session !== undefined) session[side].notifiedAt = at;
      }
      await Promise.all([...sessions.values()].map((session) => putSession(send, session, seals)));
    });
  }

  async mark(number: E164, mark: Mark, on: boolean) {
    return this.#access.writing('SHARE', null, async (send, _now, frame) => {
      const person = frame.person(number);
      await holdPeople(send, [person]);
      const { rows } = await send<MarkRow>(
        'SELECT blocked, texts_stopped, seal FROM voxproxy_people WHERE person = $1',
        [person],
      );
      const was = marksIn(rows[0], person, this.#access.seals);
      const marks = { ...was, [mark]: on };
      await send('UPDATE voxproxy_people SET blocked = $2, texts_stopped = $3, seal = $4 WHERE person = $1', [
        person,
        marks.blocked,
        marks.textsStopped,
        this.#access.seals.ofMarks(person, marks),
      ]);
      return was[mark] !== on;
    });
  }

  async erase(number: E164, given: Instant): Promise<Erased> {
    return this.#access.writing('SHARE', given, async (send, now, frame) => {
      const person = frame.person(number);
      await holdPeople(send, [person]);
      const { rows } = await send<{ session: SessionJson }>(
        `SELECT ${SESSION_JSON} AS session FROM voxproxy_sessions s WHERE s.a_person = $1 OR s.b_person = $1 ORDER BY s.made FOR UPDATE`,
        [person],
      );
      const sessions = rows.map(({ session }) => sessionOf(session, this.#access.seals));
      const erased = erasePerson(sessions, person, now);
      await Promise.all(sessions.map((session) => putSession(send, session, this.#access.seals)));
      return erased;
    });
  }

  async forgetEnded(given: Instant) {
    await this.#access.writing('SHARE', given, async () => {});
  }

  /**
   * Seals everything anew with another key, or writes it in plain text with null; a store that is so already stays as
   * it is. Persons stay who they are: the lookup key is only wrapped anew.
   */
  async recrypt(cipher: FieldCipher | null) {
    const version = await this.version();
    if (version === 0) await migrate(this.database, () => newborn(cipher));
    else refuseOtherVersion(version);
    await recrypt(this.#access, cipher);
    this.#access.changeKey(cipher);
    this.#memory.clear();
  }

  /** Brings the schema to the version that is wanted. */
  async migrate(): Promise<void> {
    await this.#access.migrate();
  }

  /** The version that the schema must have. */
  readonly wanted = SCHEMA_VERSION;

  /** The version of its schema; 0 while there is none. */
  async version(): Promise<number> {
    return schemaVersion(this.database);
  }

  async give<T>(take: (frame: StoreFrame, pages: SessionPages) => Promise<T>): Promise<T> {
    return this.#access.reading(async (send, frame) => {
      // What is read is written elsewhere meanwhile, which takes its time.
      await send('SET LOCAL idle_in_transaction_session_timeout = 0');
      return take(await readFrame(send, frame, this.#access.seals), readSessions(send, this.#access.seals));
    });
  }

  async take(frame: StoreFrame, pages: SessionPages): Promise<void> {
    await replaceAll(this.#access, frame, pages);
    this.#access.refresh();
    this.#memory.clear();
  }

  async putNumber(number: PoolNumber, given: Instant) {
    return this.#access.writing('UPDATE', given, (send, now, frame) =>
      this.#rented(send).put(number, frame.person(number.number), now),
    );
  }

  async updateNumber(number: PoolNumber, was: NumberState | null, given: Instant) {
    return this.#access.writing('UPDATE', given, async (send, now, frame) => {
      const rented = this.#rented(send);
      const kept = await rented.get(number.number);
      if ((kept?.state ?? null) !== was) return 'changed';
      return rented.put(number, frame.person(number.number), now);
    });
  }

  async drainNumber(number: E164) {
    await this.#access.writing('UPDATE', null, async (send) => {
      const rented = this.#rented(send);
      const kept = await rented.get(number);
      if (kept?.state === 'linked') await rented.replace({ ...kept, state: 'draining' });
    });
  }

  async beginRelease(number: E164, force: boolean, given: Instant) {
    return this.#access.writing('UPDATE', given, (send, now) =>
      this.#rented(send).takeOut(number, force, now),
    );
  }

  async beginReleaseOfDrained(number: E164, given: Instant) {
    return this.#access.writing('UPDATE', given, async (send, now) => {
      const rented = this.#rented(send);
      const kept = await rented.get(number);
      return kept === undefined || kept.state === 'linked'
        ? { kind: 'called-off' as const }
        : rented.takeOut(number, false, now);
    });
  }

  async removeNumber(number: E164) {
    await this.#access.writing('UPDATE', null, (send) => this.#rented(send).remove(number));
  }

  #rented(send: Send): RentedNumbers {
    return new RentedNumbers(send, this.#access.seals);
  }

  async #locate(caller: E164 | undefined, dialled: E164): Promise<Located> {
    const { ask } = this.#access.database;
    const { seals } = this.#access;
    let person: PersonId | undefined;
    const [row] = await this.#access.ask<LocateRow>(ask, LOCATE, (frame) => {
      person = caller && frame.person(caller);
      return [person ?? '', dialled];
    });
    if (row === undefined) throw this.#access.incomplete();
    const pool = await this.#memory.numbers(ask, row.pool_version, seals);
    return {
      ...locatedIn(row, { caller, person, dialled }, pool, seals),
      ...(this.#access.clock === 'database' ? { now: row.now } : {}),
    };
  }

  /** A question on the path of a call: answered or failed within a second. */
  async #hurry<T>(answer: Promise<T>): Promise<T> {
    try {
      return await inTime(answer);
    } catch (error) {
      throw failureOf(error, this.shown);
    }
  }
}

/** What is saved of many stays saved. */
function endedAfter(saved: number, error: unknown): unknown {
  if (!(error instanceof VoxproxyError)) return error;
  return new VoxproxyError(
    error.code,
    error.message,
    `The first ${saved} are saved. Run the command again when that is mended: it goes on behind them.`,
  );
}
