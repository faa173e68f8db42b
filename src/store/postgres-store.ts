import { type Erased, erasePerson } from '../domain/erasing.js';
import { decideExtension, type Extended } from '../domain/extending.js';
import type { Opened, Opening } from '../domain/opening.js';
import type { E164 } from '../domain/phone-number.js';
import type { NumberState, PoolNumber } from '../domain/pool.js';
import type { Located } from '../domain/routing.js';
import type { Instant, PersonId, Session } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { FieldCipher } from './field-cipher.js';
import { decideAll, namesOf, openingsOf } from './openings.js';
import type { Portable, SessionPages, StoreFrame } from './portable.js';
import type { Address } from './postgres/address.js';
import { LOCATE, type LocateRow, locatedIn } from './postgres/answering.js';
import { Database, type Send } from './postgres/database.js';
import { inTime } from './postgres/deadline.js';
import { failureOf, LostRace } from './postgres/failure.js';
import { type Frame, type FrameRow, frameOf, newborn } from './postgres/frame.js';
import { Ids } from './postgres/ids.js';
import { forget, type Held, hold, holdPeople, NOW } from './postgres/locks.js';
import { MARKS, type MarkRow, marksIn } from './postgres/marks.js';
import { migrate, refuseOtherVersion, SCHEMA_VERSION, schemaVersion } from './postgres/migrate.js';
import { readFrame, replaceAll } from './postgres/moving.js';
import { NUMBER_COLUMNS, type NumberRow, numberOf } from './postgres/number-rows.js';
import { concernOf, readConcerned, save } from './postgres/opening.js';
import { recrypt } from './postgres/recrypting.js';
import { RentedNumbers } from './postgres/rented-numbers.js';
import { Seals } from './postgres/seals.js';
import { readSessions } from './postgres/session-pages.js';
import { rowOf, SESSION_JSON, type SessionJson, sessionOf, UPDATE_SESSION } from './postgres/session-rows.js';
import type { Mark, Marks, OpeningRequest, Store, Told } from './store.js';

/**
 * Whose clock decides when sessions end: the database's, so that machines whose clocks differ agree; or the caller's,
 * for whoever plays through other times.
 */
export type Clock = 'database' | 'caller';

/** Requests of one transaction: a file of a million lines holds its people a few at a time. */
const AT_ONCE = 1_000;
/** Live legs are counted over so many of the newest sessions; that only chooses between equally good numbers. */
const COUNTED = 10_000;
/** Counting takes this part of the time at most. */
const COUNT_SHARE = 100;

const LIVE_LEGS = `SELECT legs.number, count(*) AS count FROM (
    SELECT a_virtual, b_virtual, closed_at, expires_at FROM voxproxy_sessions ORDER BY made DESC LIMIT ${COUNTED}
  ) AS s CROSS JOIN LATERAL (VALUES (s.a_virtual), (s.b_virtual)) AS legs(number)
  WHERE s.closed_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > $1) GROUP BY legs.number`;

/** Sessions and virtual numbers in PostgreSQL, for as many listeners and commands at once as there are. */
export class PostgresStore implements Store, Portable {
  readonly #database: Database;
  readonly #clock: Clock;
  #cipher: FieldCipher | null;
  #seals: Seals;
  #framed: Promise<Frame> | null = null;
  #pool: { version: number; numbers: PoolNumber[] } | null = null;
  #load: { until: number; liveLegs: ReadonlyMap<E164, number> } | null = null;

  /** @param cipher seals real numbers and the lookup key; null for a store in plain text */
  constructor(address: Address, cipher: FieldCipher | null = null, clock: Clock = 'database') {
    this.#database = new Database(address);
    this.#clock = clock;
    this.#cipher = cipher;
    this.#seals = new Seals(cipher, this.shown);
  }

  /** Where it is, without user and password. */
  get shown(): string {
    return this.#database.shown;
  }

  /** For what lies beside the sessions. */
  get database(): Database {
    return this.#database;
  }

  /** Resolves when the schema is there. */
  async ready(): Promise<void> {
    await this.#frame();
  }

  /** Gives the connections back. */
  async end(): Promise<void> {
    await this.#database.close();
  }

  async sessions() {
    const sessions: Session[] = [];
    await this.#reading(async (send) => {
      sessions.length = 0;
      for await (const page of readSessions(send, this.#seals)) sessions.push(...page);
    });
    return sessions;
  }

  async session(id: string) {
    const [row] = await this.#ask<{ session: SessionJson | null }>(
      'look',
      'session',
      `SELECT m.generation, CASE WHEN s.id IS NULL THEN NULL ELSE ${SESSION_JSON} END AS session
        FROM voxproxy_store m LEFT JOIN voxproxy_sessions s ON s.id = $1`,
      async () => [id],
    );
    return row?.session == null ? undefined : sessionOf(row.session, this.#seals);
  }

  async numbers() {
    const rows = await this.#ask<NumberRow>(
      'look',
      'numbers',
      `SELECT m.generation, ${NUMBER_COLUMNS}
      FROM voxproxy_store m LEFT JOIN voxproxy_numbers ON true ORDER BY placed`,
      async () => [],
    );
    return rows.filter(({ number }) => number !== null).map((row) => numberOf(row, this.#seals));
  }

  async locate(caller: E164 | undefined, dialled: E164): Promise<Located> {
    let person: PersonId | undefined;
    const asking = this.#ask<LocateRow>('ask', 'locate', LOCATE, async (frame) => {
      person = caller && frame.person(caller);
      return [person ?? '', dialled, caller ?? ''];
    });
    const [row] = await this.#hurry(asking);
    if (row === undefined) throw this.#incomplete();
    return {
      ...locatedIn(row, person, dialled, this.#seals),
      ...(this.#clock === 'database' ? { now: row.now } : {}),
    };
  }

  async marksOf(number: E164): Promise<Marks> {
    let person = '' as PersonId;
    const asking = this.#ask<MarkRow>('ask', 'marks', MARKS, async (frame) => {
      person = frame.person(number);
      return [person];
    });
    const [row] = await this.#hurry(asking);
    return marksIn(row, person, this.#seals);
  }

  async open(requests: readonly OpeningRequest[], now: Instant, newId: () => string) {
    const opened: Opened[] = [];
    for (let from = 0; from < requests.length; from += AT_ONCE)
      opened.push(...(await this.#openSome(requests.slice(from, from + AT_ONCE), now, newId)));
    return opened;
  }

  async preview(requests: readonly OpeningRequest[], given: Instant) {
    return this.#reading(async (send, frame) => {
      const openings = openingsOf(requests, frame.person);
      const held = await this.#look(send);
      const sessions = await readConcerned(send, concernOf(openings), this.#seals);
      const pool = await this.#numbersIn(send, held.poolVersion);
      const now = this.#at(held, given);
      let previewed = 0;
      return decideAll(
        openings,
        { pool, sessions, liveLegs: await this.#liveLegs(send, now), names: namesOf(sessions), now },
        () => `preview-${++previewed}`,
      );
    });
  }

  async close(sessionId: string, given: Instant) {
    return this.#writing('SHARE', given, async (send, now) => {
      const [session] = await this.#held(send, [sessionId]);
      if (session === undefined || session.closedAt !== null) return session;
      return this.#put(send, { ...session, closedAt: now });
    });
  }

  async extend(sessionId: string, ttl: number, given: Instant): Promise<Extended | undefined> {
    const known = await this.session(sessionId);
    if (known === undefined) {
      await this.forgetEnded(given);
      return undefined;
    }
    // Who a session is between never changes.
    const pair = [known.a.person, known.b.person] as const;
    return this.#writing('SHARE', given, async (send, now, { poolVersion }) => {
      await holdPeople(send, [...pair].sort());
      const [session] = await this.#held(send, [sessionId]);
      if (session === undefined) return undefined;
      const sessions = await readConcerned(
        send,
        { people: pair, pairs: [pair], names: [sessionId] },
        this.#seals,
      );
      const extended = decideExtension(session, ttl, sessions, await this.#numbersIn(send, poolVersion), now);
      if (extended.kind === 'extended') await this.#put(send, extended.session);
      return extended;
    });
  }

  async markTold(told: readonly Told[]) {
    if (told.length === 0) return;
    const latest = told.reduce((last, { at }) => Math.max(last, at), 0);
    await this.#writing('SHARE', latest, async (send) => {
      const sessions = new Map(
        (
          await this.#held(
            send,
            told.map(({ sessionId }) => sessionId),
          )
        ).map((one) => [one.id, one]),
      );
      for (const { sessionId, side, at } of told) {
        const session = sessions.get(sessionId);
        if (session !== undefined) session[side].notifiedAt = at;
      }
      await Promise.all([...sessions.values()].map((session) => this.#put(send, session)));
    });
  }

  async mark(number: E164, mark: Mark, on: boolean) {
    return this.#writing('SHARE', null, async (send, _now, _held, frame) => {
      const person = frame.person(number);
      await holdPeople(send, [person]);
      const { rows } = await send<MarkRow>(
        'SELECT blocked, texts_stopped, seal FROM voxproxy_people WHERE person = $1',
        [person],
      );
      const was = marksIn(rows[0], person, this.#seals);
      const marks = { ...was, [mark]: on };
      await send('UPDATE voxproxy_people SET blocked = $2, texts_stopped = $3, seal = $4 WHERE person = $1', [
        person,
        marks.blocked,
        marks.textsStopped,
        this.#seals.ofMarks(person, marks),
      ]);
      return was[mark] !== on;
    });
  }

  async erase(number: E164, given: Instant): Promise<Erased> {
    return this.#writing('SHARE', given, async (send, now, _held, frame) => {
      const person = frame.person(number);
      await holdPeople(send, [person]);
      const { rows } = await send<{ session: SessionJson }>(
        `SELECT ${SESSION_JSON} AS session FROM voxproxy_sessions s WHERE s.a_person = $1 OR s.b_person = $1 ORDER BY s.made FOR UPDATE`,
        [person],
      );
      const sessions = rows.map(({ session }) => sessionOf(session, this.#seals));
      const erased = erasePerson(sessions, person, now);
      await Promise.all(sessions.map((session) => this.#put(send, session)));
      return erased;
    });
  }

  async forgetEnded(given: Instant) {
    await this.#writing('SHARE', given, async () => {});
  }

  /**
   * Seals everything anew with another key, or writes it in plain text with null; a store that is so already stays as
   * it is. Persons stay who they are: the lookup key is only wrapped anew.
   */
  async recrypt(cipher: FieldCipher | null) {
    const version = await this.version();
    if (version === 0) await migrate(this.#database, () => newborn(cipher));
    else refuseOtherVersion(version);
    const changed = new Seals(cipher, this.shown);
    await recrypt(this.#database, { from: this.#seals, to: changed, was: this.#cipher, cipher });
    this.#cipher = cipher;
    this.#seals = changed;
    this.#framed = null;
    this.#pool = null;
  }

  /** Brings the schema to the version that is wanted. */
  async migrate(): Promise<void> {
    await migrate(this.#database, () => newborn(this.#cipher));
  }

  /** The version that the schema must have. */
  readonly wanted = SCHEMA_VERSION;

  /** The version of its schema; 0 while there is none. */
  async version(): Promise<number> {
    return schemaVersion(this.#database);
  }

  async give<T>(take: (frame: StoreFrame, pages: SessionPages) => Promise<T>): Promise<T> {
    return this.#reading(async (send, frame) => {
      // What is read is written elsewhere meanwhile, which takes its time.
      await send('SET LOCAL idle_in_transaction_session_timeout = 0');
      return take(await readFrame(send, frame, this.#seals), readSessions(send, this.#seals));
    });
  }

  async take(frame: StoreFrame, pages: SessionPages): Promise<void> {
    const target = {
      database: this.#database,
      frame: () => this.#frame(),
      seals: this.#seals,
      cipher: this.#cipher,
    };
    await replaceAll(target, frame, pages);
    this.#framed = null;
    this.#pool = null;
  }

  async putNumber(number: PoolNumber, given: Instant) {
    return this.#writing('UPDATE', given, (send, now, _held, frame) =>
      this.#rented(send).put(number, frame.person(number.number), now),
    );
  }

  async updateNumber(number: PoolNumber, was: NumberState | null, given: Instant) {
    return this.#writing('UPDATE', given, async (send, now, _held, frame) => {
      const rented = this.#rented(send);
      const kept = await rented.get(number.number);
      if ((kept?.state ?? null) !== was) return 'changed';
      return rented.put(number, frame.person(number.number), now);
    });
  }

  async drainNumber(number: E164) {
    await this.#writing('UPDATE', null, async (send) => {
      const rented = this.#rented(send);
      const kept = await rented.get(number);
      if (kept?.state === 'linked') await rented.replace({ ...kept, state: 'draining' });
    });
  }

  async beginRelease(number: E164, force: boolean, given: Instant) {
    return this.#writing('UPDATE', given, (send, now) => this.#rented(send).takeOut(number, force, now));
  }

  async beginReleaseOfDrained(number: E164, given: Instant) {
    return this.#writing('UPDATE', given, async (send, now) => {
      const rented = this.#rented(send);
      const kept = await rented.get(number);
      return kept === undefined || kept.state === 'linked'
        ? { kind: 'called-off' as const }
        : rented.takeOut(number, false, now);
    });
  }

  async removeNumber(number: E164) {
    await this.#writing('UPDATE', null, (send) => this.#rented(send).remove(number));
  }

  #rented(send: Send): RentedNumbers {
    return new RentedNumbers(send, this.#seals);
  }

  async #openSome(
    requests: readonly OpeningRequest[],
    given: Instant,
    newId: () => string,
  ): Promise<Opened[]> {
    const ids = new Ids(newId);
    type Early = { openings: Opening[]; sessions: Session[] };
    return this.#writing<Opened[], Early>(
      'SHARE',
      given,
      async (send, now, { poolVersion }, _frame, { openings, sessions }) => {
        const pool = await this.#numbersIn(send, poolVersion);
        const liveLegs = await this.#liveLegs(send, now);
        ids.rewind();
        const opened = decideAll(openings, { pool, sessions, liveLegs, names: namesOf(sessions), now }, () =>
          ids.next(),
        );
        const created = opened.flatMap((one) => (one.kind === 'created' ? [one.session] : []));
        if (created.length > 0) await save(send, created, sessions, ids, this.#seals);
        return opened;
      },
      async (send, frame) => {
        const openings = openingsOf(requests, frame.person);
        const concern = concernOf(openings);
        const holding = holdPeople(send, concern.people);
        // Sent behind the locks, it is answered when they are held.
        const [sessions] = await Promise.all([readConcerned(send, concern, this.#seals), holding]);
        return { openings, sessions };
      },
    );
  }

  /** These sessions, oldest first, which nobody else changes until the end of the transaction. */
  async #held(send: Send, ids: readonly string[]): Promise<Session[]> {
    const { rows } = await send<{ session: SessionJson }>(
      `SELECT ${SESSION_JSON} AS session FROM voxproxy_sessions s WHERE s.id = ANY($1::text[]) ORDER BY s.made FOR UPDATE`,
      [ids],
    );
    return rows.map(({ session }) => sessionOf(session, this.#seals));
  }

  async #put(send: Send, session: Session): Promise<Session> {
    await send(UPDATE_SESSION, rowOf(session, this.#seals));
    return session;
  }

  /** The pool as it is for this transaction, which keeps others from changing it. */
  async #numbersIn(send: Send, version: number): Promise<readonly PoolNumber[]> {
    if (this.#pool?.version === version) return this.#pool.numbers;
    const { rows } = await send<NumberRow>(`SELECT ${NUMBER_COLUMNS} FROM voxproxy_numbers ORDER BY placed`);
    const numbers = rows.map((row) => numberOf(row, this.#seals));
    this.#pool = { version, numbers };
    return numbers;
  }

  async #liveLegs(send: Send, now: Instant): Promise<ReadonlyMap<E164, number>> {
    const started = performance.now();
    if (this.#load !== null && started < this.#load.until) return this.#load.liveLegs;
    const { rows } = await send<{ number: E164; count: number }>(LIVE_LEGS, [now]);
    const ended = performance.now();
    this.#load = {
      until: ended + (ended - started) * COUNT_SHARE,
      liveLegs: new Map(rows.map(({ number, count }) => [number, count])),
    };
    return this.#load.liveLegs;
  }

  #at(held: Pick<Held, 'now'>, given: Instant): Instant {
    return this.#clock === 'database' ? held.now : given;
  }

  /** A question on the path of a call: answered or failed within a second. */
  async #hurry<T>(answer: Promise<T>): Promise<T> {
    try {
      return await inTime(answer);
    } catch (error) {
      throw failureOf(error, this.shown);
    }
  }

  /** A question that is asked anew when the store turns out to be another than it was. */
  async #ask<R extends object>(
    how: 'ask' | 'look',
    name: string,
    text: string,
    valuesOf: (frame: Frame) => Promise<unknown[]>,
  ): Promise<R[]> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const frame = await this.#frame();
      const rows = await this.#database[how]<R & { generation: number }>({
        name,
        text,
        values: await valuesOf(frame),
      });
      if (rows[0]?.generation === frame.generation) return rows;
      this.#framed = null;
    }
    throw this.#incomplete();
  }

  /** What is read here is one moment's, however long reading takes. */
  async #reading<T>(read: (send: Send, frame: Frame) => Promise<T>): Promise<T> {
    return this.#database.transact(
      async (send, frame: Frame) => {
        const { generation } = await this.#look(send);
        if (generation !== frame.generation) throw this.#raced();
        return read(send, frame);
      },
      () => this.#frame(),
      'REPEATABLE READ',
    );
  }

  async #look(send: Send): Promise<Pick<Held, 'now' | 'poolVersion'> & { generation: number }> {
    const { rows } = await send<{ generation: number; pool_version: number; now: number }>(
      `SELECT generation, pool_version, ${NOW} AS now FROM voxproxy_store`,
    );
    const [row] = rows;
    if (row === undefined) throw this.#raced();
    return { generation: row.generation, poolVersion: row.pool_version, now: row.now };
  }

  /**
   * One change, as one step among all writers.
   * @param how together with other writers of sessions, or alone
   * @param ahead what is asked in the same breath as the row about the store is held
   * @param given the caller's time, by which ended sessions lose their real numbers; null where no clock is at hand
   */
  async #writing<T, Early = undefined>(
    how: 'SHARE' | 'UPDATE',
    given: Instant | null,
    change: (send: Send, now: Instant, held: Held, frame: Frame, early: Early) => Promise<T>,
    ahead: (send: Send, frame: Frame) => Promise<Early> = async () => undefined as Early,
  ): Promise<T> {
    return this.#database.transact(
      async (send, frame: Frame) => {
        try {
          const holding = hold(send, frame, how, this.#clock === 'database' ? null : given);
          const [held, early] = await Promise.all([holding, ahead(send, frame)]);
          const now = given === null ? held.now : this.#at(held, given);
          const result = await change(send, now, held, frame, early);
          if (given !== null && held.isDue) await forget(send, now);
          return result;
        } catch (error) {
          if (error instanceof LostRace) this.#framed = null;
          throw error;
        }
      },
      () => this.#frame(),
    );
  }

  #incomplete(): VoxproxyError {
    return new VoxproxyError(
      'store',
      `The store ${this.shown} is damaged, or being replaced: what it says about itself changes or is not there.`,
      'Nothing was changed. Try again, or put a backup in its place.',
    );
  }

  #raced(): LostRace {
    this.#framed = null;
    return new LostRace();
  }

  /** The store as it was looked at last; made, when the database holds none. */
  #frame(): Promise<Frame> {
    this.#framed ??= this.#readFrame().catch((error) => {
      this.#framed = null;
      throw error;
    });
    return this.#framed;
  }

  async #readFrame(): Promise<Frame> {
    const version = await schemaVersion(this.#database);
    if (version === 0) await this.migrate();
    else refuseOtherVersion(version);
    const [row] = await this.#database.look<FrameRow>({
      text: 'SELECT version, encrypted, lookup_key, generation FROM voxproxy_store',
    });
    if (row === undefined) throw this.#incomplete();
    return frameOf(row, this.#cipher, this.shown);
  }
}
