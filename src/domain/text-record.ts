import type { Instant, Side } from './session.js';

/** What became of a text of a participant: passed on or not, or for voxproxy itself. */
export type TextFate = 'forwarded' | 'failed' | 'refused' | 'limited' | 'stop' | 'start' | 'help';

/** One line of the log: a participant sent a text, or Vonage told what became of it. Never the text itself. */
export type TextEntry =
  | { kind: 'text'; text: string; at: Instant; sessionId: string; from: Side; fate: TextFate }
  | { kind: 'text-status'; text: string; at: Instant; status: string };

/** A text between participants. */
export type TextRecord = {
  /** Vonage's `message_uuid` of the text as it came in. */
  id: string;
  sessionId: string;
  /** Who sent it. */
  from: Side;
  at: Instant;
  /** Vonage's last word on it, else its fate here. */
  outcome: string;
};

/** The later one stands, whatever order the network tells them in. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['submitted', 1],
  ['delivered', 2],
  ['rejected', 3],
  ['undeliverable', 3],
]);

export function isOfText(entry: { kind: string }): entry is TextEntry {
  return entry.kind === 'text' || entry.kind === 'text-status';
}

/** Puts texts together from entries that come in any order, twice or never. */
export class TextBook {
  readonly #texts = new Map<string, TextRecord>();
  /** What became of texts that nobody told of yet. */
  readonly #early = new Map<string, string>();
  readonly #changed = new Set<TextRecord>();

  add(entry: TextEntry): void {
    const known = this.#texts.get(entry.text);
    if (entry.kind === 'text-status') {
      if (known === undefined) this.#early.set(entry.text, later(this.#early.get(entry.text), entry.status));
      else this.#tell(known, entry.status);
      return;
    }
    if (known !== undefined) return;
    const { text: id, sessionId, from, at, fate: outcome } = entry;
    const text = { id, sessionId, from, at, outcome };
    this.#texts.set(id, text);
    this.#changed.add(text);
    this.#tell(text, this.#early.get(id) ?? '');
    this.#early.delete(id);
  }

  /** Every text, oldest first. */
  texts(): TextRecord[] {
    return [...this.#texts.values()].sort((one, other) => one.at - other.at);
  }

  /** The texts that something was told of since this was asked last, oldest first. */
  changes(): TextRecord[] {
    const changed = [...this.#changed].sort((one, other) => one.at - other.at);
    this.#changed.clear();
    return changed.map((text) => ({ ...text }));
  }

  /** Forgets what was sent before this moment. */
  forget(before: Instant): void {
    for (const [id, { at }] of this.#texts) if (at < before) this.#texts.delete(id);
    this.#early.clear();
  }

  #tell(text: TextRecord, status: string): void {
    const outcome = later(text.outcome, status);
    if (outcome === text.outcome) return;
    text.outcome = outcome;
    this.#changed.add(text);
  }
}

/** Whether Vonage's word means that a text reached nobody. */
export function isUndelivered(status: string): boolean {
  return status === 'rejected' || status === 'undeliverable';
}

function later(one = '', other: string): string {
  return rankOf(other) > rankOf(one) ? other : one;
}

function rankOf(status: string): number {
  return RANKS.get(status) ?? 0;
}
