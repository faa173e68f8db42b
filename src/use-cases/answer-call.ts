import type { CallEntry } from '../domain/call-record.js';
import { type Ncco, nccoOf, type Voice } from '../domain/ncco.js';
import { redact } from '../domain/phone-number.js';
import { Recent } from '../domain/recent.js';
import { type Route, refuse, route } from '../domain/routing.js';
import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { CallEvent, InboundCall } from '../vonage/webhooks.js';

export type AnswerDependencies = {
  store: Pick<Store, 'locate'>;
  now: () => number;
  voice: Voice;
  /** Seconds a call may last where its session does not say; null for Vonage's own bound. */
  maxDuration: number | null;
  /** The connect's own event URL for a call; the same for the same call, language and moment. */
  eventUrl: (call: string, language: string, now: number) => string;
  log: Log;
  /** Takes the entry for the call log; nobody waits for it. */
  record: (entry: CallEntry) => void;
};

export type Answer = { route: Route; ncco: Ncco };

const CALLS_REMEMBERED = 10_000;
const DAY = 86_400_000;

/** Answers calls, always with instructions: a person is on the line. */
export class CallAnswerer {
  readonly #deps: AnswerDependencies;
  /** When each call was first answered: asked again, Vonage gets the same instructions, counted once. */
  readonly #firstAsked = new Recent<number>(CALLS_REMEMBERED);
  readonly #sessions = new Recent<string>(CALLS_REMEMBERED);

  constructor(deps: AnswerDependencies) {
    this.#deps = deps;
  }

  /** @param call undefined for a webhook that nobody could read */
  async answer(call: InboundCall | undefined): Promise<Answer> {
    const now = this.#deps.now();
    if (call === undefined) {
      this.#deps.log.error('answer webhook could not be read', {});
      return this.#instruct(refuse('unavailable'), '', now);
    }
    try {
      const again = call.uuid === '' ? undefined : this.#firstAsked.get(call.uuid);
      const route = await this.#route(call, now, again ?? now);
      if (again === undefined) this.#count(call, route, now);
      return this.#instruct(route, call.uuid, again ?? now);
    } catch (error) {
      this.#deps.log.error('call could not be routed', { call: call.uuid, error: reportOf(error).message });
      return this.#instruct(refuse('unavailable'), '', now);
    }
  }

  /** Notes what happened to a leg. */
  note({ uuid, conversation, status, direction, at, duration, price }: CallEvent): void {
    const id = conversation || uuid;
    this.#deps.log.info('event', { call: uuid, session: this.#sessions.get(id) ?? null, status, direction });
    if (id === '' || status === '') return;
    const outbound = direction === 'outbound';
    this.#deps.record({
      kind: 'event',
      call: id,
      leg: uuid,
      outbound,
      status,
      at: this.#plausible(at),
      duration,
      price,
    });
  }

  /** The moment an event names, unless it is absent or absurd: the log is kept by days. */
  #plausible(at: number | null): number {
    const now = this.#deps.now();
    return at === null || Math.abs(at - now) > DAY ? now : at;
  }

  /** Whether to connect is decided by the clock of now; how long a call asked for again may last, by its first. */
  async #route({ caller, dialled, uuid }: InboundCall, now: number, firstAsked: number): Promise<Route> {
    const { store, log, maxDuration } = this.#deps;
    const located = await store.locate(caller, dialled);
    const found = route(located, now, maxDuration);
    if (found.kind === 'connect') return route(located, firstAsked, maxDuration);
    if (found.reason === 'not-in-pool') {
      log.error('a number that is not in the pool is linked to the application', {
        call: uuid,
        dialled: redact(dialled),
      });
    }
    return found;
  }

  #count({ uuid, conversation }: InboundCall, route: Route, now: number): void {
    if (uuid !== '') this.#firstAsked.set(uuid, now);
    const id = conversation || uuid;
    if (route.sessionId !== null && route.from !== null && id !== '') {
      this.#sessions.set(id, route.sessionId);
      const { sessionId, from, kind } = route;
      this.#deps.record({ kind: 'call', call: id, at: now, sessionId, from, refused: kind === 'refuse' });
    }
    this.#deps.log.info('call', {
      call: uuid,
      session: route.sessionId,
      route: route.kind,
      from: route.from,
      ...(route.kind === 'refuse' ? { reason: route.reason } : {}),
    });
  }

  #instruct(route: Route, uuid: string, at: number): Answer {
    const { voice, eventUrl } = this.#deps;
    return { route, ncco: nccoOf(route, voice, (language) => eventUrl(uuid, language, at)) };
  }
}
