import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, Ran } from '../../context.js';
import { type E164, redact } from '../../domain/phone-number.js';
import { otherSide, type Session, SIDES } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import { webhooksAt } from '../../listener/paths.js';
import { ANNA, BEN } from '../../sandbox/fictional-numbers.js';
import type { Rehearsed } from '../../use-cases/rehearse-call.js';
import { rehearse } from '../rehearse.js';
import { newSessionId } from '../session-id.js';

const PEOPLE = { a: ANNA, b: BEN };

/** How long the rehearsals took; `public` is null when there was no public URL to try. */
export type RehearsalStep = { local: number; public: number | null };

/**
 * Pairs two fictional people on a copy of the pool, starts a listener, and asks it for calls both ways,
 * as Vonage would. Nothing of it stays.
 * @param publicUrl tried as well, unless it is null
 * @throws VoxproxyError when a call is not answered as it must be
 */
export async function rehearsalStep(context: Context, publicUrl: string | null): Promise<RehearsalStep> {
  const home = mkdtempSync(join(tmpdir(), 'voxproxy-rehearsal-'));
  const ending = new AbortController();
  context.signal.addEventListener('abort', () => ending.abort(), { once: true });
  let served: Promise<Ran> | null = null;
  try {
    const session = await fictionalSession(context, home);
    const env = await environment(context, home);
    const url = await new Promise<string>((resolve, reject) => {
      served = serve(context, env, ending.signal, resolve);
      served.then(
        ({ stderr }) => reject(new VoxproxyError('settings', 'The listener did not start.', stderr.trim())),
        reject,
      );
    });
    const local = await callBothWays(context, url, session, isPutThrough);
    if (publicUrl === null) return { local, public: null };
    // Behind the public URL a listener of this profile may run already, which does not know the two.
    const isOurs: Judge = (rehearsed, callee) =>
      isPutThrough(rehearsed, callee) || rehearsed.route.reason === 'unknown';
    return { local, public: await callBothWays(context, publicUrl, session, isOurs) };
  } finally {
    ending.abort();
    await (served as Promise<Ran> | null)?.catch(() => {});
    rmSync(home, { recursive: true, force: true });
  }
}

async function fictionalSession(context: Context, home: string): Promise<Session> {
  const scratch = await context.scratchStore(home);
  const now = context.now();
  for (const number of await (await context.store()).numbers()) await scratch.putNumber(number, now);
  const participant = (realNumber: E164) => ({ realNumber, country: 'GB', label: null, language: null });
  const request = { a: participant(PEOPLE.a), b: participant(PEOPLE.b), given: {}, quarantine: 0 };
  const [opened] = await scratch.open([request], now, newSessionId);
  if (opened?.kind !== 'created') {
    throw new VoxproxyError(
      'pool-exhausted',
      'There is no number for a rehearsal call.',
      'Rent some: voxproxy numbers provision GB',
    );
  }
  return opened.session;
}

/** This run's settings for a listener that keeps its sessions elsewhere. */
async function environment(context: Context, home: string): Promise<Record<string, string>> {
  const settings = await context.settings();
  const names = {
    VONAGE_API_KEY: 'apiKey',
    VONAGE_API_SECRET: 'apiSecret',
    VONAGE_APPLICATION_ID: 'applicationId',
    VONAGE_PRIVATE_KEY: 'privateKey',
    VONAGE_SIGNATURE_SECRET: 'signatureSecret',
    VONAGE_REST_HOST: 'restHost',
    VONAGE_API_HOST: 'apiHost',
  } as const;
  const env: Record<string, string> = { VOXPROXY_HOME: home, NO_COLOR: '1' };
  for (const [variable, name] of Object.entries(names)) {
    const value = await settings.get(name);
    if (value !== undefined) env[variable] = value;
  }
  return env;
}

/** On the port that the public URL leads to; on a free one when that is taken, by a listener perhaps. */
async function serve(
  context: Context,
  env: Record<string, string>,
  signal: AbortSignal,
  announced: (url: string) => void,
): Promise<Ran> {
  const port = await (await context.settings()).get('port');
  const start = (at: string) =>
    context.run(['serve', '--json', '--port', at], env, signal, (line) => {
      const { url } = JSON.parse(line);
      if (typeof url === 'string') announced(url);
    });
  const ran = await start(String(port ?? 0));
  return ran.code === CONFLICT ? start('0') : ran;
}

const CONFLICT = 5;

/** @returns milliseconds of the slower answer */
async function callBothWays(
  context: Context,
  base: string,
  session: Session,
  isRight: Judge,
): Promise<number> {
  const { answerUrl } = webhooksAt(base);
  let slowest = 0;
  for (const side of SIDES) {
    const other = otherSide(side);
    const leg = { caller: PEOPLE[side], dialled: session[other].virtualNumber };
    const rehearsed = await rehearse(context, answerUrl, leg);
    if (rehearsed.kind !== 'answered' || !isRight(rehearsed, PEOPLE[other]))
      throw failed(rehearsed, answerUrl);
    slowest = Math.max(slowest, rehearsed.milliseconds);
  }
  return slowest;
}

type Judge = (rehearsed: Extract<Rehearsed, { kind: 'answered' }>, callee: E164) => boolean;

function isPutThrough({ route, ncco }: Extract<Rehearsed, { kind: 'answered' }>, callee: E164): boolean {
  const rung = ncco.flatMap((action) => (action.action === 'connect' ? [action.endpoint[0].number] : []));
  return route.kind === 'connect' && rung.length === 1 && rung[0] === redact(callee);
}

function failed(rehearsed: Rehearsed, answerUrl: string): VoxproxyError {
  const hint =
    'Everything so far is saved. Put that right, then run voxproxy init again, or see voxproxy doctor.';
  switch (rehearsed.kind) {
    case 'unreachable':
      return new VoxproxyError(
        'vonage',
        `The rehearsal call did not reach ${answerUrl}: ${rehearsed.why}.`,
        hint,
      );
    case 'refused':
      return new VoxproxyError(
        'vonage',
        rehearsed.isOurs
          ? `The listener at ${answerUrl} refused the rehearsal call: another one runs there, with other settings.`
          : `At ${answerUrl} answers something that is no listener of voxproxy (status ${rehearsed.status}).`,
        hint,
      );
    case 'answered':
      return new VoxproxyError(
        'vonage',
        `The listener at ${answerUrl} knows nothing of the rehearsal: another one runs there.`,
        `End it for the rehearsal, or leave that out: voxproxy init --no-rehearsal. ${hint}`,
      );
  }
}
