import type { Context } from '../../context.js';
import { type E164, redact } from '../../domain/phone-number.js';
import { type ErrorReport, exitCodeOf, reportOf, VoxproxyError } from '../../errors.js';
import { knownApplication } from '../../use-cases/known-application.js';
import { linkNumber, rented, type TakenAway, takenAway } from '../../use-cases/link-number.js';
import type { LinkFlags } from '../commands/numbers.js';
import { spaced } from '../spaced-number.js';
import { virtualNumbers } from '../virtual-numbers.js';

export async function link(context: Context, list: readonly string[], flags: LinkFlags): Promise<number> {
  const numbers = virtualNumbers(list);
  const vonage = await context.vonage();
  const applicationId = await context.applicationId();
  const store = await context.store();
  await knownApplication(vonage, applicationId);
  const { out } = context;
  const linked: { number: E164; country: string }[] = [];
  const failed: ({ number: E164 } & ErrorReport)[] = [];
  const agree = (number: E164) => async (taken: TakenAway) => {
    out.say(takenText(number, taken));
    if (flags.yes) return true;
    if (flags.dryRun) return false;
    context.prompts.needsAnswer('--yes', 'Taking a number from another use');
    return context.prompts.confirm(`Take ${number} from that?`);
  };
  for (const number of numbers) {
    try {
      if (flags.dryRun) {
        const taken = takenAway(await rented(vonage, number), applicationId);
        if (taken !== null) out.say(takenText(number, taken));
        continue;
      }
      const { country } = await linkNumber(
        { store, vonage, applicationId, now: context.now },
        number,
        null,
        agree(number),
      );
      linked.push({ number, country });
    } catch (error) {
      if (!(error instanceof VoxproxyError) || numbers.length === 1) throw error;
      failed.push({ number, ...reportOf(error) });
    }
  }
  out.answer({ linked, failed, ...(flags.dryRun ? { dryRun: true } : {}) }, () =>
    flags.dryRun
      ? 'Nothing was changed.'
      : [
          ...linked.map(({ number }) => `${out.style.green('✔')} ${spaced(number)} is in the pool`),
          ...failed.map(({ number, message }) => `${out.style.red('✖')} ${redact(number)}: ${message}`),
        ].join('\n'),
  );
  return failed[0] === undefined ? 0 : exitCodeOf(failed[0].code);
}

function takenText(number: E164, { forwarding, otherApplication }: TakenAway): string {
  const uses = [
    ...(forwarding === null
      ? []
      : [`forwards its calls by ${forwarding.type}, which keeps them from any application`]),
    ...(otherApplication === null ? [] : [`is linked to application ${otherApplication}`]),
  ];
  return `${spaced(number)} ${uses.join(' and ')}.`;
}
