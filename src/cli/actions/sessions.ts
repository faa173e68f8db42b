import type { Context } from '../../context.js';
import type { Extended } from '../../domain/extending.js';
import { isLive, mayCall, type Session, SIDES } from '../../domain/session.js';
import { EXIT_NOT_TOLD, VoxproxyError } from '../../errors.js';
import { findSession } from '../../use-cases/find-session.js';
import { notify } from '../../use-cases/notify.js';
import type { ExtendFlags } from '../commands/sessions.js';
import { durationFlag } from '../flags.js';
import { nextAfterPairing } from '../next-step.js';
import { type Showing, sessionDocument, sessionTitle } from '../present-session.js';
import { sessionDetails, sessionLines } from '../session-lines.js';

export async function show(context: Context, text: string): Promise<undefined> {
  const session = await find(context, text);
  const showing = showingOf(context);
  context.out.answer({ session: sessionDocument(session, showing) }, () =>
    sessionDetails(session, showing, context.out.style),
  );
  context.out.suggest(nextFor(session, showing.now));
}

function nextFor(session: Session, now: number): string {
  if (!isLive(session, now)) return `voxproxy sessions extend ${session.id} --ttl 2h`;
  const everybodyKnows = SIDES.every((side) => !mayCall(session, side) || session[side].notifiedAt !== null);
  return `voxproxy ${everybodyKnows ? 'calls' : 'sessions notify'} ${session.id}`;
}

export async function close(context: Context, text: string): Promise<undefined> {
  const { id, closedAt } = await find(context, text);
  const closed = await (await context.store()).close(id, context.now());
  if (closed === undefined) throw vanished();
  const { out } = context;
  out.answer({ session: sessionDocument(closed, showingOf(context)) }, () =>
    closedAt === null
      ? `${out.style.green('✔')} Closed session ${id}. Calls are refused from now on; its numbers stay reserved for the same two people.`
      : `Session ${id} was closed before.`,
  );
  out.suggest('voxproxy sessions list --status open');
}

export async function extend(context: Context, text: string, { ttl }: ExtendFlags): Promise<undefined> {
  if (ttl === undefined) throw new VoxproxyError('usage', 'extend needs --ttl.', 'For example: --ttl 2h');
  const seconds = durationFlag('--ttl', ttl);
  const before = await find(context, text);
  const { id, expiresAt } = before;
  const extended = await (await context.store()).extend(id, seconds, context.now());
  if (extended === undefined) throw vanished();
  if (extended.kind !== 'extended') throw notExtended(id, extended.kind);
  const { out } = context;
  const showing = showingOf(context);
  out.answer({ session: sessionDocument(extended.session, showing) }, () => {
    const done = !isLive(before, showing.now)
      ? 'It had ended, and connects the two again:'
      : extended.session.expiresAt === expiresAt
        ? 'It lasts longer already:'
        : 'Extended';
    return `${out.style.green('✔')} ${done} ${sessionTitle(extended.session, showing.now)}`;
  });
  out.suggest(`voxproxy sessions show ${id}`);
}

function notExtended(id: string, kind: Exclude<Extended['kind'], 'extended'>): VoxproxyError {
  const why = {
    'legs-lost': 'its numbers are reserved for it no more',
    'paired-again': 'the same two people have a newer one',
    'number-gone': 'one of its virtual numbers is no longer in use',
    erased: 'one of its real numbers was erased',
  }[kind];
  return new VoxproxyError(
    'conflict',
    `Session ${id} cannot live again: ${why}.`,
    'Pair the two people anew: voxproxy pair <number> <number>',
  );
}

export async function tell(context: Context, text: string): Promise<number> {
  const settings = await context.settings();
  const vonage = await context.vonage();
  const session = await find(context, text);
  if (!isLive(session, context.now())) {
    throw new VoxproxyError(
      'conflict',
      `Session ${session.id} has ended: its numbers connect nobody.`,
      `Let it live again first: voxproxy sessions extend ${session.id} --ttl 2h`,
    );
  }
  const store = await context.store();
  const everybodyKnows = SIDES.every((side) => !mayCall(session, side) || session[side].notifiedAt !== null);
  const [notified] = await notify(
    {
      store,
      vonage,
      now: context.now,
      smsText: (await settings.get('smsText')) ?? '',
      warn: (message) => context.out.warn(message),
      signal: context.signal,
    },
    [session],
    (_session, side) => everybodyKnows || session[side].notifiedAt === null,
  );
  const told = await find(context, session.id);
  const failed = Object.values(notified ?? {}).includes('failed');
  const { out } = context;
  out.answer({ session: sessionDocument(told, showingOf(context)), notified }, () =>
    [
      failed
        ? 'Not everybody was told.'
        : `${out.style.green('✔')} Told ${SIDES.filter((side) => notified?.[side] === 'sent').join(' and ')} by SMS.`,
      '',
      sessionLines(told, showingOf(context)),
    ].join('\n'),
  );
  out.suggest(failed ? `voxproxy sessions notify ${session.id}` : await nextAfterPairing(context));
  return failed ? EXIT_NOT_TOLD : 0;
}

async function find(context: Context, text: string): Promise<Session> {
  return findSession(await context.store(), text, context.now());
}

function showingOf(context: Context): Showing {
  return { now: context.now(), reveal: context.globals.reveal };
}

function vanished(): VoxproxyError {
  return new VoxproxyError(
    'not-found',
    'The session is no longer there.',
    'List them with: voxproxy sessions list',
  );
}
