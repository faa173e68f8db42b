import type { Opened, Opening } from '../../domain/opening.js';
import type { Instant } from '../../domain/session.js';
import { decideAll, namesOf, openingsOf } from '../openings.js';
import type { OpeningRequest } from '../store.js';
import type { Access } from './access.js';
import type { Send } from './database.js';
import { isOvertaken } from './failure.js';
import type { Frame } from './frame.js';
import { freeIds } from './ids.js';
import { forget, holdPeople } from './locks.js';
import type { PoolMemory } from './pool-memory.js';
import { planOf, save } from './saving.js';
import { concernOf, type Survey, survey } from './survey.js';

/** So many races lost in a row are no chance: the same few people are in everything. */
const OFTEN = 5;
/** Milliseconds after that in which people are held before anything is decided for them. */
const CROWDED = 1_000;

/** Openings, and what they are decided from. */
type Surveyed = { openings: readonly Opening[]; seen: Survey };

/**
 * Opens sessions. Mostly nobody else decides for the same people at the same moment: so nobody is held meanwhile, and
 * a decision that turns out to be wrong is refused, and made again with the people held.
 */
export class Opener {
  readonly #access: Access;
  readonly #memory: PoolMemory;
  #lostInARow = 0;
  #crowdedUntil = 0;

  constructor(access: Access, memory: PoolMemory) {
    this.#access = access;
    this.#memory = memory;
  }

  async open(requests: readonly OpeningRequest[], given: Instant, newId: () => string): Promise<Opened[]> {
    if (performance.now() > this.#crowdedUntil) {
      try {
        const opened = await this.#openUnheld(requests, given, newId);
        this.#lostInARow = 0;
        return opened;
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        this.#noteLostRace();
      }
    }
    return this.#access.writing<Opened[], Surveyed>(
      'SHARE',
      given,
      async (send, _now, _frame, surveyed) => {
        const opened = await this.#decide(send, surveyed, given, await drawing(send, requests.length, newId));
        const plan = planOf(opened, surveyed.seen);
        if (plan !== null) save(send, plan, this.#access.seals);
        return opened;
      },
      async (send, frame) => {
        const openings = openingsOf(requests, frame.person);
        const holding = holdPeople(send, concernOf(openings).people);
        // Sent behind the locks, it is answered when they are held.
        const [surveyed] = await Promise.all([this.#survey(send, frame, openings, given), holding]);
        return surveyed;
      },
    );
  }

  async preview(
    send: Send,
    frame: Frame,
    requests: readonly OpeningRequest[],
    given: Instant,
  ): Promise<Opened[]> {
    const openings = openingsOf(requests, frame.person);
    let previewed = 0;
    return this.#decide(
      send,
      await this.#survey(send, frame, openings, given),
      given,
      () => `preview-${++previewed}`,
    );
  }

  /** Now and then a race is lost, and only whoever lost it has to hold anybody. */
  #noteLostRace(): void {
    this.#lostInARow++;
    if (this.#lostInARow < OFTEN) return;
    this.#lostInARow = 0;
    this.#crowdedUntil = performance.now() + CROWDED;
  }

  /** In two statements, each a transaction by itself, and one more where ended sessions are to be forgotten. */
  async #openUnheld(
    requests: readonly OpeningRequest[],
    given: Instant,
    newId: () => string,
  ): Promise<Opened[]> {
    const { look, change } = this.#access.database;
    const frame = await this.#access.frame();
    const surveyed = await this.#survey(look, frame, openingsOf(requests, frame.person), given);
    const { seen } = surveyed;
    // One that is drawn blindly is rarely taken; of many, one is likely to be.
    const nextId = requests.length > 1 ? await drawing(look, requests.length, newId) : newId;
    const opened = await this.#decide(look, surveyed, given, nextId);
    const plan = planOf(opened, seen);
    // Before, because it passes over what a statement at the same moment holds.
    if (seen.isDue) await forget(change, this.#access.at(seen, given));
    if (plan !== null) await save(change, plan, this.#access.seals);
    return opened;
  }

  async #survey(send: Send, frame: Frame, openings: readonly Opening[], given: Instant): Promise<Surveyed> {
    const { seals } = this.#access;
    const seen = await survey(send, frame, concernOf(openings), this.#access.dueBy(given), seals);
    return { openings, seen };
  }

  async #decide(
    look: Send,
    { openings, seen }: Surveyed,
    given: Instant,
    newId: () => string,
  ): Promise<Opened[]> {
    const { sessions, poolVersion } = seen;
    const now = this.#access.at(seen, given);
    const numbers = await this.#memory.numbers(look, poolVersion, this.#access.seals);
    const pool = [...numbers.values()];
    const liveLegs = await this.#memory.liveLegs(look, now);
    return decideAll(openings, { pool, sessions, liveLegs, names: namesOf(sessions), now }, newId);
  }
}

/** Gives ids that were free a moment ago. */
async function drawing(look: Send, count: number, newId: () => string): Promise<() => string> {
  const free = await freeIds(look, count, newId);
  return () => free.shift() as string;
}
