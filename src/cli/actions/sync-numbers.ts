import type { Context } from '../../context.js';
import { exitCodeOf } from '../../errors.js';
import { knownApplication } from '../../use-cases/known-application.js';
import {
  applySync,
  type Loss,
  readSync,
  realNumbersOf,
  type SyncPlan,
} from '../../use-cases/sync-numbers.js';
import type { SyncFlags } from '../commands/numbers.js';
import { personal } from '../format-number.js';
import { spaced } from '../spaced-number.js';

export async function sync(context: Context, flags: SyncFlags): Promise<number> {
  const vonage = await context.vonage();
  const applicationId = await context.applicationId();
  const store = await context.store();
  const { out, now } = context;
  await knownApplication(vonage, applicationId);
  const read = await readSync({ store, vonage, applicationId, now });
  const { plan, overtaken } = flags.dryRun
    ? { plan: read, overtaken: [] }
    : await applySync({ store, now }, read);

  const { reveal } = context.globals;
  const people = realNumbersOf(await store.sessions(), now());
  const sessions = [...new Set(plan.lost.flatMap((one) => one.sessions))];
  const refused = plan.realNumbers.map((number) => personal(number, reveal));
  const unlinked = plan.unlinked.map(({ number, country, forwarding }) => ({
    number: people.has(number) ? personal(number, reveal) : number,
    country,
    forwarding: forwarding?.type ?? null,
  }));
  const document = {
    added: numbersOf(plan.added),
    changed: numbersOf(plan.changed),
    restored: numbersOf(plan.restored),
    lost: plan.lost.map(({ number, loss }) => ({ number, reason: loss })),
    affectedSessions: sessions,
    refused,
    unfinished: plan.unfinished,
    unlinked,
    ...(flags.dryRun ? { dryRun: true } : {}),
  };
  const comes = flags.dryRun ? 'would be' : 'is';
  out.answer(document, () => {
    const { green, red } = out.style;
    const lines = [
      ...[...plan.added, ...plan.restored].map(
        ({ number, was }) =>
          `${green('✔')} ${spaced(number.number)} ${comes} ${was === 'lost' ? 'usable again' : 'in the pool now'}`,
      ),
      ...plan.changed.map(
        ({ number }) =>
          `${green('✔')} ${spaced(number.number)} ${comes} kept with what Vonage says of it now: ${number.country}, ${number.type}, ${number.features.join(', ')}`,
      ),
      ...plan.lost.map((one) => `${red('✖')} ${lostText(one)}`),
      ...refused.map(
        (number) =>
          `${red('✖')} ${number} is linked, and the real number of somebody in a session: a call would loop`,
      ),
      ...(plan.unfinished.length === 0
        ? []
        : [
            `  Bought by voxproxy and not linked yet. To finish:  voxproxy numbers link ${plan.unfinished.join(' ')}`,
          ]),
      ...(unlinked.length === 0
        ? []
        : [
            '  Not linked, and left alone (take one with voxproxy numbers link <number>):',
            ...unlinked.map(
              ({ number, forwarding }) =>
                `    ${number}${forwarding === null ? '' : `   forwards its calls by ${forwarding}`}`,
            ),
          ]),
    ];
    const ended = flags.dryRun ? ['Nothing was changed.'] : [];
    return [...(lines.length === 0 ? ['The pool is as Vonage has it.'] : lines), ...ended].join('\n');
  });
  if (plan.lost.length > 0) warnOfLost(context, plan, sessions);
  for (const number of overtaken)
    out.warn(`${spaced(number)} was changed by another command meanwhile, and left alone.`);
  return refused.length === 0 ? 0 : exitCodeOf('conflict');
}

function numbersOf(updates: SyncPlan['added']) {
  return updates.map(({ number: { number, country } }) => ({ number, country }));
}

const WHY: Record<Loss, string> = {
  gone: 'the account no longer rents it',
  unlinked: 'it is linked to no application',
  'other-application': 'it is linked to another application',
  forwarded: 'it forwards its calls and overrides the application',
};

function lostText({ number, loss, sessions }: SyncPlan['lost'][number]): string {
  const affected = sessions.length === 0 ? '' : `; sessions ${sessions.join(', ')} cannot be reached over it`;
  return `${spaced(number)} is handed to no new session: ${WHY[loss]}${affected}`;
}

function warnOfLost({ out }: Context, { lost }: SyncPlan, sessions: readonly string[]): void {
  const gone = lost.filter(({ loss }) => loss === 'gone').map(({ number }) => number);
  const mendable = lost.filter(({ loss }) => loss !== 'gone').map(({ number }) => number);
  if (mendable.length > 0)
    out.say(`To take back what is still rented: voxproxy numbers link ${mendable.join(' ')}`);
  if (sessions.length > 0)
    out.say('Close an affected session and pair its two people again: they get another number.');
  for (const number of gone)
    out.say(`To forget it once its sessions are over: voxproxy numbers release ${number} --when-idle`);
}
