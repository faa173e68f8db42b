import type { CallEntry } from '../domain/call-record.js';
import { type Links, type Ncco, nccoOf, nccoOfRefusal, type Voice } from '../domain/ncco.js';
import { redact } from '../domain/phone-number.js';
import { RecentRecords } from '../domain/recent-records.js';
import {
  type Located,
  type Policy,
  policyFor,
  type Refusal,
  type Route,
  refuse,
  refuseInstead,
  route,
} from '../domain/routing.js';
import { Traffic } from '../domain/traffic.js';
import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { CallEvent, InboundCall } from '../vonage/webhooks.js';

export type AnswerDependencies = {
  store: Pick<Store, 'locate'>;
  now: () => number;
  voice: Voice;
  policy: Policy;
  /** The URLs that Vonage asks while the call goes on; the same for the same call, route and moment. */
  links: (call: InboundCall, route: Route, now: number) => Links;
  log: Log;
  /** Takes the entry for the call log; nobody waits for it. */
  record: (entry: CallEntry) => void;
};

export type Answer = { route: Route; ncco: Ncco };

/** Begins the `uuid` of a call that nobody makes: it is answered like any other, and counts for nothing. */
export const REHEARSAL = 'rehearsal-';

export function isRehearsal({ uuid }: InboundCall): boolean {
  return uuid.startsWith(REHEARSAL);
}

const CALLS_REMEMBERED = 10_000;
const DAY = 86_400_000;

/** How a call was answered first: asked again, Vonage gets the same instructions, counted once. */
type First = { at: number; reason: Refusal | null };

/** Answers calls, always with instructions: a person is on the line. */
export class CallAnswerer {
  readonly #deps: AnswerDependencies;
  readonly #first = new RecentRecords<First>(CALLS_REMEMBERED, () => ({ at: 0, reason: null }));
  readonly #traffic = new Traffic();

  constructor(deps: AnswerDependencies) {
    this.#deps = deps;
  }

  /** @param call undefined for a webhook that nobody could read */
  async answer(call: InboundCall | undefined): Promise<Answer> {
    const now = this.#deps.now();
    if (call === undefined) {
      this.#deps.log.error('answer webhook could not be read', {});
      return this.#apologise();
    }
    try {
      const located = await this.#deps.store.locate(call.caller, call.dialled);
      // From here on at once: of a call that is asked for twice at the same moment, one is the first.
      const first = call.uuid === '' ? undefined : this.#first.get(call.uuid);
      const route = this.#route(call, located, now, first);
      if (first === undefined) this.#count(call, route, now);
      const { voice, links } = this.#deps;
      return { route, ncco: nccoOf(route, voice, links(call, route, first?.at ?? now)) };
    } catch (error) {
      this.#deps.log.error('call could not be routed', { call: call.uuid, error: reportOf(error).message });
      return this.#apologise();
    }
  }

  /** Notes what happened to a leg. */
  note(event: CallEvent): void {
    const { uuid, conversation, status, direction, duration, price, disconnectedBy, moved } = event;
    const id = conversation || uuid;
    const outbound = direction === 'outbound';
    const at = this.#plausible(event.at);
    this.#deps.log.info('event', {
      call: uuid,
      session: this.#traffic.sessionOf(id) ?? null,
      status,
      direction,
    });
    if (moved !== null) this.#deps.record({ kind: 'moved', call: moved.from, to: moved.to, leg: uuid, at });
    if (id === '' || status === '') return;
    this.#traffic.note(id, outbound, status);
    this.#deps.record({
      kind: 'event',
      call: id,
      leg: uuid,
      outbound,
      status,
      at,
      duration,
      price,
      by: disconnectedBy,
    });
  }

  /** The moment an event names, unless it is absent or absurd: the log is kept by days. */
  #plausible(at: number | null): number {
    const now = this.#deps.now();
    return at === null || Math.abs(at - now) > DAY ? now : at;
  }

  /** Whether to connect is decided by the clock of now; how long a call asked for again may last, by its first. */
  #route(call: InboundCall, located: Located, now: number, first: Readonly<First> | undefined): Route {
    const policy = policyFor(call.caller, this.#deps.policy);
    const decided = route(located, located.now ?? now, policy);
    if (decided.kind === 'refuse' && decided.reason === 'not-in-pool') {
      this.#deps.log.error('a number that is not in the pool is linked to the application', {
        call: call.uuid,
        dialled: redact(call.dialled),
      });
    }
    if (isRehearsal(call)) return this.#traffic.consider(decided, now);
    if (first === undefined) return this.#traffic.admit(decided, located.caller, keyOf(call), now);
    if (first.reason === 'crossed' && decided.kind === 'connect') return refuseInstead(decided, 'crossed');
    if (first.reason === 'repeated' && decided.kind !== 'connect') return refuseInstead(decided, 'repeated');
    const at = Math.min(first.at, located.now ?? first.at);
    return decided.kind === 'connect' ? route(located, at, policy) : decided;
  }

  #count(call: InboundCall, route: Route, now: number): void {
    const { uuid } = call;
    const { sessionId, from, kind } = route;
    const reason = kind === 'refuse' ? route.reason : null;
    if (uuid !== '') {
      const first = this.#first.renew(uuid);
      first.at = now;
      first.reason = reason;
    }
    const id = isRehearsal(call) ? '' : keyOf(call);
    if (sessionId !== null && from !== null && id !== '') {
      const refused = kind === 'refuse';
      this.#deps.record({ kind: 'call', call: id, leg: uuid, at: now, sessionId, from, refused });
    }
    this.#deps.log.info('call', {
      call: uuid,
      session: sessionId,
      route: kind,
      from,
      ...(reason === null ? {} : { reason }),
    });
  }

  #apologise(): Answer {
    const refused = refuse('unavailable');
    return { route: refused, ncco: nccoOfRefusal(refused, this.#deps.voice) };
  }
}

/** Both legs of a call share their conversation. */
function keyOf({ conversation, uuid }: InboundCall): string {
  return conversation || uuid;
}
