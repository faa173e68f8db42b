import type { Party } from './call.js';
import type { Outcome } from './call-request.js';
import type { Leg } from './leg.js';

/** Who ended a callee's leg; order: the Voice API did. */
export type EndedBy = 'caller' | 'callee' | 'platform' | 'order';

/** How something is played: how often, 0 for ever, whether a key cuts it short, and the language of speech. */
export type Playing = { loop?: number; bargeIn?: boolean; language?: string };

/** Which keys somebody is asked for; `timeOut` in seconds. */
export type Asked = { maxDigits: number; submitOnHash: boolean; timeOut: number };

export type Pressed = { digits: string; timedOut: boolean };

/** What the people on a call do, and the time that it takes. */
export type People = {
  /** The call's clock (ms). */
  now(): number;
  /** Lets time go by (ms). */
  pass(milliseconds: number): Promise<void>;
  /** Whether whoever has the phone of that leg hung up. */
  isGone(leg: Leg): boolean;
  /** Something is said or played to somebody; false when they hang up over it. */
  hear(party: Party, heard: string, playing: Playing): Promise<boolean>;
  press(party: Party, asked: Asked): Promise<Pressed>;
  /** How the attempt ends when the callee's phone cannot even ring. */
  reach(leg: Leg): 'busy' | 'failed' | undefined;
  /** The callee's phone rings, for so many seconds at most; `instead` when it is known how that ends. */
  ring(leg: Leg, seconds: number, instead: Outcome | undefined): Promise<Outcome>;
  /** The two are joined, for so many seconds at most. */
  converse(leg: Leg, limit: number): Promise<EndedBy>;
  /** The caller stays in a room without anybody else in it. */
  stay(party: Party): Promise<void>;
  /** The leg is over. */
  leave(leg: Leg): void;
};
