/** Where a step of the diagram begins or ends: Vonage, the application, or a phone by its id. */
export type Place = 'vonage' | 'voxproxy' | (string & {});

/** What the network saw at one moment, in words that a person reads. */
export type Seen = {
  from: Place;
  /** The same as `from` for something that happens in one place. */
  to: Place;
  kind: 'phone' | 'voice' | 'webhook' | 'route' | 'answer' | 'event' | 'text' | 'note';
  what: string;
  facts?: readonly string[];
  /** Whether it went as somebody wanted it; null while nobody knows, and where there is no such thing. */
  good?: boolean | null;
  /** Shown to whoever wants to know exactly, as JSON. */
  body?: unknown;
};

/** Takes down what the network sees; the result adds to a step what is known only later. */
export type Trace = { add(seen: Seen): (more: Partial<Seen>) => void };

/** For calls that nobody watches: their report says everything. */
export const UNWATCHED: Trace = { add: () => () => {} };
