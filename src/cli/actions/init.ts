import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import type { InitFlags } from '../commands/init.js';
import { applicationStep } from '../init/application.js';
import { credentialsStep } from '../init/credentials.js';
import { numbersStep } from '../init/numbers.js';
import { rehearsalStep } from '../init/rehearsal.js';
import { secretStep } from '../init/secret.js';
import { spaced } from '../spaced-number.js';

/** From nothing to a line that answers; what is there already is checked and kept. */
export async function init(context: Context, flags: InitFlags): Promise<undefined> {
  return flags.sandbox ? inSandbox(context, flags) : steps(context, flags, true);
}

async function steps(context: Context, flags: InitFlags, isReal: boolean): Promise<undefined> {
  const { out } = context;
  const step = (title: string) => out.say(`\n${title}`);
  const done = (fact: string) => out.say(`${out.style.green('✔')} ${fact}`);

  step('1  Credentials');
  const balance = await credentialsStep(context, flags.apiKey);
  done(`Vonage accepts them · balance ${balance.toFixed(2)} EUR`);

  step('2  Application and public URL');
  const { application, created, publicUrl } = await applicationStep(context, flags);
  done(`Application ${application.id}${created ? ' was made' : ''} · answers at ${publicUrl}`);
  if (!application.signedCallbacks)
    out.warn('Its webhooks are not signed: voxproxy app update --public-url … switches that on.');

  step('3  Signature secret');
  await secretStep(context);
  done('It is set; the first signed call proves it');

  step('4  Numbers');
  const numbers = await numbersStep(context, flags);
  done(numbers.length === 0 ? 'None yet' : `In the pool: ${numbers.map(spaced).join(', ')}`);

  const wanted = flags.rehearsal && numbers.length > 0;
  step('5  Rehearsal call');
  const rehearsal = wanted ? await rehearsalStep(context, isReal ? publicUrl : null) : null;
  done(
    rehearsal === null
      ? 'Left out'
      : `Answered both ways in ${rehearsal.public ?? rehearsal.local} ms${rehearsal.public === null ? '' : `, through ${publicUrl}`}`,
  );

  out.say('');
  out.answer(
    {
      balance: { amount: balance.toFixed(2), currency: 'EUR' },
      application: { id: application.id, created },
      publicUrl,
      numbers,
      rehearsal,
    },
    () => 'Everything is set up.',
  );
  if (isReal)
    out.suggest(
      `voxproxy serve${flags.ngrok === undefined ? '' : ' --ngrok'}   and   voxproxy pair <number> <number>`,
    );
}

/** All of it against a Vonage of its own that is gone afterwards. */
async function inSandbox(context: Context, flags: InitFlags): Promise<undefined> {
  const home = mkdtempSync(join(tmpdir(), 'voxproxy-init-'));
  const sandbox = await startSandbox({ port: 0 });
  // The application is made on the way, as with an account.
  const { VONAGE_APPLICATION_ID: _id, VONAGE_PRIVATE_KEY: _key, ...account } = sandbox.env;
  const env = { ...account, VOXPROXY_HOME: home };
  try {
    context.out.say('This is a rehearsal: an account of the sandbox, whose secrets are known already.');
    await steps(
      await context.inside(env),
      {
        publicUrl: 'https://calls.example.com',
        application: 'new',
        country: 'GB',
        ...flags,
        // Nothing real is spent.
        ...(context.prompts.canAsk ? {} : { yes: true }),
      },
      false,
    );
    context.out.say('Nothing of this was saved. With an account: voxproxy init');
    context.out.suggest('voxproxy demo');
  } finally {
    await sandbox.close();
    rmSync(home, { recursive: true, force: true });
  }
}
