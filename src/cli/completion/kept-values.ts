import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../context.js';
import { maskNumbers } from '../../domain/mask-numbers.js';
import { endOf, isLive, type Session, statusAt } from '../../domain/session.js';
import type { Store } from '../../store/store.js';
import { type Candidate, plain } from './candidate.js';

/** Bytes. Nobody waits for a key press while more than this is read. */
const LARGEST_STORE = 16_000_000;
/** More than this, nobody reads. */
const MOST_SESSIONS = 200;
/** Names that no shell reads as anything else, once spaces are quoted. */
const SAFE_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:-]*$/u;

/**
 * Ids and names of sessions: open ones first, then the newest.
 * @param typed how the id or the name begins
 */
export async function sessions(context: Context, typed: string, openOnly: boolean): Promise<Candidate[]> {
  const now = context.now();
  const all = (await (await nearStore(context))?.sessions()) ?? [];
  const sorted = all
    .filter((session) => !openOnly || isLive(session, now))
    .toSorted((one, other) => rank(other, now) - rank(one, now) || other.createdAt - one.createdAt);
  const beginning = typed.toLowerCase();
  return sorted
    .flatMap((session) => candidatesOf(session, now))
    .filter(({ value }) => value.toLowerCase().startsWith(beginning))
    .slice(0, MOST_SESSIONS);
}

function rank(session: Session, now: number): number {
  return isLive(session, now) ? 1 : 0;
}

function candidatesOf(session: Session, now: number): Candidate[] {
  const { id } = session;
  const name = safeName(session.name);
  const end = Math.min(endOf(session), Number.MAX_SAFE_INTEGER);
  const status = `${statusAt(session, now)}${end > now && end < Number.MAX_SAFE_INTEGER ? ` until ${minuteOf(end)}` : ''}`;
  return [
    { value: id, description: name === null ? status : `${name}, ${status}` },
    ...(name === null ? [] : [{ value: name, description: `${id}, ${status}` }]),
  ];
}

/** A name may hold anything, somebody's number included. */
function safeName(name: string | null): string | null {
  return name !== null && SAFE_NAME.test(name) && maskNumbers(name) === name ? name : null;
}

function minuteOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Virtual numbers: those that are linked, or those that could be. */
export async function virtualNumbers(context: Context, linked: boolean): Promise<Candidate[]> {
  const numbers = (await (await nearStore(context))?.numbers()) ?? [];
  return numbers
    .filter(({ state }) => (state === 'linked') === linked && state !== 'chosen' && state !== 'releasing')
    .map(({ number, country, features }) => ({
      value: number,
      description: `${country}, ${features.join(' ')}`,
    }));
}

export async function profiles(context: Context): Promise<Candidate[]> {
  return plain(readdirSync(join((await context.settings()).home, 'profiles')));
}

/** The store, when it lies on this machine and is quickly read. */
async function nearStore(context: Context): Promise<Store | null> {
  const settings = await context.settings();
  if (settings.variable('VOXPROXY_STORE') !== undefined) return null;
  const file = statSync(join(settings.home, 'store.json'), { throwIfNoEntry: false });
  return file?.isFile() && file.size <= LARGEST_STORE ? context.store() : null;
}
