import type { Application, VoiceCapability } from './application.js';
import type { CallEvents } from './call-events.js';
import type { CallRequest } from './call-request.js';
import type { Leg } from './leg.js';
import type { People } from './people.js';
import type { Trace } from './trace.js';
import type { Attempt } from './webhooks.js';
import type { World } from './world.js';

/** Who was rung, under which caller ID, and what they heard before they were joined. */
export type Callee = {
  number: string;
  callerId: string;
  hears: string[];
  /** Whether the caller was put through to them: not while they only heard a whisper. */
  joined: boolean;
  /** When the number was one of the account's own: the call that this became. */
  call?: CallReport;
};

/** How a call went, told when it is over. */
export type CallReport = {
  id: string;
  /** As the answer webhook gave it; null when it gave none that could be used. */
  ncco: unknown[] | null;
  caller: { hears: string[] };
  callee: Callee | null;
  events: CallEvents['delivered'];
  webhooks: Omit<Attempt, 'answer' | 'claims'>[];
  meanwhile?: CallReport;
  /** Why the call got nowhere, or was not what the NCCO's author had in mind. */
  error?: string;
};

/** A call in progress. */
export type Call = {
  world: World;
  request: CallRequest;
  /** How many calls led to this one: numbers that call each other must not do so for ever. */
  depth: number;
  application: Application;
  voice: VoiceCapability;
  inbound: Leg;
  people: People;
  trace: Trace;
  events: CallEvents;
  report: CallReport;
};

/** Somebody on the line, with the keys that a simulated one is going to press. */
export type Party = { leg: Leg; hears: string[]; keys: string };
