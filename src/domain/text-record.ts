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
const RANKS: Record<string, number> = { submitted: 1, delivered: 2, rejected: 3, undeliverable: 3 };

export function isOfText(entry: { kind: string }): entry is TextEntry {
  return entry.kind === 'text' || entry.kind === 'text-status';
}

/** The texts that the entries tell of, oldest first. */
export function textsOf(entries: readonly TextEntry[]): TextRecord[] {
  const texts = new Map<string, TextRecord>();
  for (const entry of entries) {
    if (entry.kind !== 'text' || texts.has(entry.text)) continue;
    const { text: id, sessionId, from, at, fate: outcome } = entry;
    texts.set(id, { id, sessionId, from, at, outcome });
  }
  for (const entry of entries) {
    const text = entry.kind === 'text-status' ? texts.get(entry.text) : undefined;
    if (entry.kind !== 'text-status' || text === undefined) continue;
    if ((RANKS[entry.status] ?? 0) > (RANKS[text.outcome] ?? 0)) text.outcome = entry.status;
  }
  return [...texts.values()];
}
