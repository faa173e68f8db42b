import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context.js';
import { type E164, toMsisdn } from '../../domain/phone-number.js';
import { VoxproxyError } from '../../errors.js';
import { ANNA, BEN, STRANGER } from '../../sandbox/fictional-numbers.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import { type Call, Rehearsal } from '../rehearsal.js';
import { spaced } from '../spaced-number.js';

const NOT_AVAILABLE = 'The person you called is not available right now. Please try again later.';
const MESSAGE = 'I wait at the corner.';

type Fact = { fact: string; held: boolean };

/** Plays the main job on the sandbox through the real commands, and checks what each phone was shown. */
export async function demo(context: Context): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'voxproxy-demo-'));
  const sandbox = await startSandbox({ port: 0 });
  const env = { ...sandbox.env, VOXPROXY_HOME: home, NO_COLOR: '1' };
  const rehearsal = new Rehearsal(
    sandbox.url,
    (argv, signal, onLine) => context.run(argv, env, signal, onLine),
    context.signal,
  );
  try {
    const { answerUrl } = await rehearsal.serve();
    const facts = await play(context, rehearsal, answerUrl);
    const ok = facts.every(({ held }) => held);
    const { out } = context;
    out.answer({ ok, facts }, () =>
      [
        'Checked, from what the phones and the network recorded:',
        ...facts.map(({ fact, held }) => `${held ? out.style.green('✔') : out.style.red('✖')} ${fact}`),
      ].join('\n'),
    );
    if (!ok)
      throw new VoxproxyError('bug', 'The demo did not go as it must.', 'Please report what it printed.');
    out.suggest('voxproxy sandbox > .env   (then every command in this directory talks to the sandbox)');
    return 0;
  } finally {
    await rehearsal.stop();
    await sandbox.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function play({ out }: Context, rehearsal: Rehearsal, answerUrl: string): Promise<Fact[]> {
  const tell = (text = '') => out.tell(text);
  const type = async (...argv: string[]) => {
    tell(`$ voxproxy ${argv.join(' ')}`);
    tell(`${await rehearsal.type(argv)}\n`);
  };
  tell('Anna and Ben are to phone each other, and neither may learn the other’s number.');
  tell(`Anna has ${spaced(ANNA)}, Ben ${spaced(BEN)}: numbers set aside for fiction.\n`);
  await type('numbers', 'provision', 'GB', '--yes');
  await type('pair', ANNA, BEN, '--ttl', '2h', '--name', 'demo');

  const texts = await rehearsal.texts();
  const toAnna = texts.find(({ to }) => to === ANNA);
  const toBen = texts.find(({ to }) => to === BEN);
  if (toAnna === undefined || toBen === undefined) {
    return [{ fact: 'Both were told by SMS which number to dial.', held: false }];
  }
  tell(`Anna’s phone: SMS from ${spaced(toAnna.from)}: “${toAnna.text}”`);
  tell(`Ben’s phone:  SMS from ${spaced(toBen.from)}: “${toBen.text}”\n`);

  const place = async (
    who: string,
    from: E164,
    to: E164,
    outcome: 'answered' | 'busy' = 'answered',
  ): Promise<Call> => {
    const call = await rehearsal.call(from, to, outcome);
    tell(`${who} dials ${spaced(to)}${outcome === 'busy' ? ', while the other line is busy' : ''}`);
    for (const line of call.caller.hears) tell(`  and hears: “${line}”`);
    if (call.callee === null) tell('  nobody’s phone rings');
    else if (outcome === 'answered')
      tell(
        `  ${call.callee.number === BEN ? 'Ben' : 'Anna'}’s phone rings and shows ${spaced(call.callee.callerId)}`,
      );
    tell();
    return call;
  };
  const annaCalls = await place('Anna', ANNA, toAnna.from);
  const benCallsBack = await place('Ben', BEN, annaCalls.callee?.callerId ?? toBen.from);
  const busy = await place('Anna', ANNA, toAnna.from, 'busy');
  await rehearsal.text({ from: ANNA, to: toAnna.from, text: MESSAGE });
  const passedOn = (await rehearsal.texts()).find(({ to, text }) => to === BEN && text === MESSAGE);
  tell(`Anna texts ${spaced(toAnna.from)}: “${MESSAGE}”`);
  if (passedOn !== undefined) tell(`Ben’s phone:  SMS from ${spaced(passedOn.from)}: “${passedOn.text}”\n`);
  const stranger = await place('A stranger', STRANGER, toAnna.from);

  const unsigned = await fetch(
    `${answerUrl}?${new URLSearchParams({ from: toMsisdn(ANNA), to: toMsisdn(toAnna.from) })}`,
  );
  const unsignedBody = await unsigned.text();
  tell(`Somebody asks the listener itself, without Vonage’s signature: ${unsigned.status} ${unsignedBody}\n`);

  await type('unpair', 'demo');
  const afterwards = await place('Anna', ANNA, toAnna.from);

  const benSaw = [
    toBen.from,
    toBen.text,
    annaCalls.callee?.callerId,
    ...benCallsBack.caller.hears,
    busy.callee?.callerId,
    passedOn?.from,
    passedOn?.text,
  ];
  const annaSaw = [
    toAnna.from,
    toAnna.text,
    benCallsBack.callee?.callerId,
    ...annaCalls.caller.hears,
    ...busy.caller.hears,
    ...afterwards.caller.hears,
  ];
  const strangerSaw = stranger.caller.hears;
  return [
    { fact: 'Both were told by SMS which number to dial.', held: toAnna.from !== ANNA && toBen.from !== BEN },
    {
      fact: 'Anna’s call rang Ben, and showed him the number that he was told to dial.',
      held: annaCalls.callee?.number === BEN && annaCalls.callee.callerId === toBen.from,
    },
    {
      fact: 'Ben called back the number he saw, and it rang Anna.',
      held: benCallsBack.callee?.number === ANNA && benCallsBack.callee.callerId === toAnna.from,
    },
    {
      fact: 'When Ben was busy, Anna heard that he is not available, and not why.',
      held: busy.callee?.joined === false && busy.caller.hears.at(-1) === NOT_AVAILABLE,
    },
    {
      fact: 'Anna’s text reached Ben, from the number that leads back to her.',
      held: passedOn?.from === toBen.from,
    },
    { fact: 'The stranger reached nobody.', held: stranger.ncco !== null && stranger.callee === null },
    {
      fact: 'The unsigned request was refused and told nothing.',
      held: unsigned.status === 401 && unsignedBody === '{}',
    },
    {
      fact: 'Once the session was closed, the same call reached nobody.',
      held: afterwards.ncco !== null && afterwards.callee === null,
    },
    {
      fact: 'Nothing that Ben’s phone saw or heard contains Anna’s real number.',
      held: !shows(benSaw, ANNA),
    },
    {
      fact: 'Nothing that Anna’s phone saw or heard contains Ben’s real number.',
      held: !shows(annaSaw, BEN),
    },
    {
      fact: 'Nothing that the stranger heard contains a real number.',
      held: !shows(strangerSaw, ANNA) && !shows(strangerSaw, BEN),
    },
  ];
}

const NATIONAL_DIGITS = 10;

/** Whether a real number stands in any of these, however it is written. */
function shows(seen: readonly (string | undefined)[], number: E164): boolean {
  const national = toMsisdn(number).slice(-NATIONAL_DIGITS);
  return seen.some((text) => text?.replace(/\D/g, '').includes(national));
}
