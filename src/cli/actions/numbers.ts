import type { Context } from '../../context.js';
import { usageOf } from '../../domain/pool-usage.js';
import { spaced } from '../spaced-number.js';
import { table } from '../table.js';

export async function list(context: Context): Promise<undefined> {
  const store = await context.store();
  const usage = usageOf(await store.sessions(), context.now());
  const all = await store.numbers();
  const rented = all.filter(({ state }) => state !== 'chosen');
  const numbers = rented.map(({ number, country, features, state }) => {
    const { live, quarantined } = usage.get(number) ?? { live: 0, quarantined: 0 };
    return {
      number,
      country,
      features,
      state,
      linked: state === 'linked' || state === 'draining',
      liveLegs: live,
      quarantinedLegs: quarantined,
    };
  });
  const { out } = context;
  out.answer({ numbers }, () =>
    numbers.length === 0
      ? 'The pool is empty.'
      : table(
          ['number', 'country', 'features', 'state', 'live legs', 'quarantined'],
          numbers.map((one) => [
            spaced(one.number),
            one.country,
            one.features.join(', '),
            one.state === 'bought' ? 'not linked' : one.state,
            String(one.liveLegs),
            String(one.quarantinedLegs),
          ]),
          out.width,
        ),
  );
  const chosen = all.find(({ state }) => state === 'chosen');
  if (chosen !== undefined) {
    out.warn(
      `A purchase was not finished. Go on with it: voxproxy numbers provision ${chosen.country} --count <as before>`,
    );
  }
  if (numbers.length === 0) out.suggest('voxproxy numbers provision GB');
}
