import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { E164 } from '../../src/domain/phone-number.js';
import { JsonStore } from '../../src/store/json-store.js';
import { foreigner, person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Document, Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;
const POOL = london(100, 3);
const [X, Y, Z] = POOL as [string, string, string];

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
  await rehearsal.rent('GB', ...POOL);
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.clearFaults();
  operator = await rehearsal.pooled(X, Y);
  people += 10;
});

/** Every test pairs people of its own, because the sandbox keeps the texts of all. */
let people = 0;
const one = (n: number) => person(people + n);
const pair = (...argv: string[]) => operator.json(['pair', ...argv]);
const sessions = async () => (await operator.json(['sessions', 'list'])).document.sessions;
const textsTo = async (number: string) =>
  (await rehearsal.textsTo(number)).map(({ from, text }) => [from, text]);
const smsFails = (times = 1) => rehearsal.control.fault({ path: '/v1/messages', status: 500, times });
const CONTACT = 'Call this number to reach your contact.';

describe('two people are paired', () => {
  test('the document', async () => {
    const { code, document } = await pair(one(1), one(2));
    expect(code).toBe(0);
    const side = (number: string, virtualNumber: string) => ({
      realNumber: `+44•••••${number.slice(-4)}`,
      country: 'GB',
      virtualNumber,
      label: null,
      language: null,
      notifiedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(document).toEqual({
      session: {
        id: expect.stringMatching(/^[a-z]+(-[a-z]+){1,2}$/),
        name: null,
        status: 'open',
        createdAt: expect.stringMatching(/Z$/),
        expiresAt: null,
        closedAt: null,
        direction: 'both',
        a: side(one(1), document.session.a.virtualNumber),
        b: side(one(2), document.session.b.virtualNumber),
      },
      created: true,
      notified: { a: 'sent', b: 'sent' },
    });
    const { a, b } = document.session;
    expect(new Set([a.virtualNumber, b.virtualNumber])).toEqual(new Set([X, Y]));
    expect(await textsTo(one(1))).toEqual([[b.virtualNumber, CONTACT]]);
    expect(await textsTo(one(2))).toEqual([[a.virtualNumber, CONTACT]]);
    expect(await sessions()).toEqual([document.session]);
  });

  test('as people see it', async () => {
    const argv = ['pair', one(1), one(2), '--ttl', '2h'];
    const { stdout, stderr } = await operator.run(argv, { terminal: {}, env: { NO_COLOR: '1' } });
    const id = /session (\S+)/.exec(stdout)?.[1];
    const [toB, toA] = [/a .*dials {2}(\+[\d ]+\d)/, /b .*dials {2}(\+[\d ]+\d)/].map(
      (way) => way.exec(stdout)?.[1],
    );
    expect(stdout).toBe(
      [
        `✔ Paired · session ${id} · ends in 2 hours`,
        '',
        `  a  +44•••••${one(1).slice(-4)}   dials  ${toB}   and reaches b`,
        `  b  +44•••••${one(2).slice(-4)}   dials  ${toA}   and reaches a`,
        '',
        '  Both were told by SMS.',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain('Next: voxproxy serve');
  });

  test('--reveal shows real numbers whole', async () => {
    const { document } = await pair(one(1), one(2), '--reveal');
    expect([document.session.a.realNumber, document.session.b.realNumber]).toEqual([one(1), one(2)]);
    const { stdout } = await operator.run(['sessions', 'show', document.session.id, '--reveal']);
    expect(stdout).toContain(one(1));
  });

  test('a pool of one serves both', async () => {
    operator = await rehearsal.pooled(X);
    const { document } = await pair(one(1), one(2));
    expect([document.session.a.virtualNumber, document.session.b.virtualNumber]).toEqual([X, X]);
  });
});

describe('every flag has its effect', () => {
  const offline = ['--no-sms', '--lookup', 'offline'];
  const explain = async (from: string, to: string, ...more: string[]) =>
    (await operator.json(['explain', from, to, ...more])).document;

  test('--ttl', async () => {
    const { document } = await pair(one(1), one(2), '--ttl', '1h30m', ...offline);
    const { createdAt, expiresAt } = document.session;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(5_400_000);
  });

  test('--name', async () => {
    const { document } = await pair(one(1), one(2), '--name', 'ride 42', ...offline);
    expect(document.session.name).toBe('ride 42');
    expect((await operator.json(['sessions', 'show', 'ride 42'])).document).toEqual({
      session: document.session,
    });
  });

  test('--label-a and --label-b', async () => {
    const labels = ['--label-a', 'your driver Sam', '--label-b', 'Ms Okoro'];
    const { document } = await pair(one(1), one(2), ...labels);
    expect([document.session.a.label, document.session.b.label]).toEqual(['your driver Sam', 'Ms Okoro']);
    expect((await textsTo(one(1)))[0]?.[1]).toBe('Call this number to reach Ms Okoro.');
    expect((await textsTo(one(2)))[0]?.[1]).toBe('Call this number to reach your driver Sam.');
    const { stdout } = await operator.run(['sessions', 'show', document.session.id]);
    expect(stdout).toContain('and reaches Ms Okoro');
  });

  test('--country', async () => {
    const national = (number: string) => `0${number.slice(3)}`;
    expect((await pair(national(one(1)), national(one(2)), ...offline)).code).toBe(2);
    const { document } = await pair(national(one(1)), one(2), '--country', 'gb', '--reveal', ...offline);
    expect(document.session.a.realNumber).toBe(one(1));
  });

  test('--language', async () => {
    const { document } = await pair(one(1), one(2), '--language', 'de', ...offline);
    const { ncco } = await explain(one(1), document.session.b.virtualNumber);
    expect(ncco[0]).toMatchObject({ language: 'de-DE', text: expect.stringContaining('Bitte warten') });
  });

  test('--language-a and --language-b', async () => {
    const { document } = await pair(
      one(1),
      one(2),
      '--language-a',
      'DE',
      '--language-b',
      'fr-ca',
      ...offline,
    );
    const { a, b } = document.session;
    expect([a.language, b.language]).toEqual(['de-DE', 'fr-CA']);
    expect((await explain(one(1), b.virtualNumber)).ncco[0].language).toBe('de-DE');
    expect((await explain(one(2), a.virtualNumber)).ncco[0].language).toBe('fr-CA');
    const { stdout } = await operator.run(['sessions', 'show', document.session.id]);
    expect(stdout).toContain('a hears de-DE');
    expect(stdout).toContain('b hears fr-CA');
  });

  test('--language is for both, unless one has a language of their own', async () => {
    const { document } = await pair(one(1), one(2), '--language', 'it', '--language-b', 'es', ...offline);
    const { a, b } = document.session;
    expect([a.language, b.language]).toEqual(['it-IT', 'es-ES']);
  });

  test('without a language everybody hears that of their country', async () => {
    const german = foreigner(people, '+49151');
    const { document } = await pair(one(1), german, ...offline);
    const { a, b } = document.session;
    expect([a.language, b.language]).toEqual([null, null]);
    expect((await explain(one(1), b.virtualNumber)).ncco[0].language).toBe('en-GB');
    expect((await explain(german, a.virtualNumber)).ncco[0].language).toBe('de-DE');
  });

  test('--direction lets one side call, and tells that one alone which number to dial', async () => {
    const { code, document } = await pair(one(1), one(2), '--direction', 'A-to-B');
    expect(code).toBe(0);
    expect(document.session.direction).toBe('a-to-b');
    expect(document.notified).toEqual({ a: 'sent', b: 'skipped' });
    const { id, a, b } = document.session;
    expect([a.notifiedAt === null, b.notifiedAt]).toEqual([false, null]);
    expect(await textsTo(one(1))).toEqual([[b.virtualNumber, CONTACT]]);
    expect(await textsTo(one(2))).toEqual([]);
    expect((await explain(one(1), b.virtualNumber)).route).toEqual({ kind: 'connect', sessionId: id });
    const refused = { kind: 'refuse', reason: 'direction', sessionId: id };
    expect((await explain(one(2), a.virtualNumber)).route).toEqual(refused);
    const { stdout } = await operator.run(['sessions', 'show', id]);
    expect(stdout).toMatch(/b .*is called from .*, and cannot call/);
    expect(stdout).not.toMatch(/b .*dials/);
  });

  test('--direction the other way, as people see it', async () => {
    const argv = ['pair', one(1), one(2), '--direction', 'b-to-a'];
    const first = await operator.run(argv);
    expect(first.stdout).toContain('b was told by SMS.');
    expect(first.stdout).toMatch(/a .*is called from .* by b, and cannot call/);
    expect((await operator.run(argv)).stdout).toContain('b had been told before.');
    expect(await textsTo(one(1))).toEqual([]);
    expect(await textsTo(one(2))).toHaveLength(1);
  });

  test('--direction both is how it is without', async () => {
    const { document } = await pair(one(1), one(2), '--direction', 'both', ...offline);
    expect(document.session.direction).toBe('both');
    expect((await pair(one(2), one(1), ...offline)).document.session.id).toBe(document.session.id);
  });

  test.each([
    ['--screen', 'screen', (connect: Document) => connect.endpoint[0].onAnswer !== undefined],
    ['--machine-detection', 'machineDetection', (connect: Document) => connect.machineDetection === 'hangup'],
  ])('%s and its opposite go before the setting', async (flag, setting, isOn) => {
    const connectOf = async (a: number, ...flags: string[]) => {
      const { document } = await pair(one(a), one(a + 1), ...flags, ...offline);
      const number = document.session.b.virtualNumber;
      return async () => isOn((await explain(one(a), number)).ncco[1]);
    };
    const [on, off, unsaid] = [
      await connectOf(1, flag),
      await connectOf(3, flag.replace('--', '--no-')),
      await connectOf(5),
    ];
    expect([await on(), await off(), await unsaid()]).toEqual([true, false, false]);
    await operator.run(['config', 'set', setting, 'true']);
    expect([await on(), await off(), await unsaid()]).toEqual([true, false, true]);
  });

  test('--screen, --machine-detection and --mask-numbers-in-text stand in what sessions show tells', async () => {
    const flags = ['screen', 'machine-detection', 'mask-numbers-in-text'];
    for (const [no, words] of [
      ['', ['callees are asked to press 1', 'voicemail is told from people', 'numbers in texts are hidden']],
      [
        'no-',
        [
          'callees are not asked to press 1',
          'voicemail is not told from people',
          'numbers in texts are left as they are',
        ],
      ],
    ] as const) {
      const [a, b] = no === '' ? [1, 2] : [3, 4];
      const { document } = await pair(one(a), one(b), ...flags.map((flag) => `--${no}${flag}`), ...offline);
      const { stdout } = await operator.run(['sessions', 'show', document.session.id]);
      for (const one of words) expect(stdout).toContain(one);
    }
  });

  test('--max-duration', async () => {
    const { document } = await pair(one(1), one(2), '--max-duration', '10m', ...offline);
    expect((await explain(one(1), document.session.b.virtualNumber)).ncco[1].limit).toBe(600);
  });

  test('--hard-expiry', async () => {
    const soft = (await pair(one(1), one(2), '--ttl', '5m', ...offline)).document.session;
    const hard = (await pair(one(3), one(4), '--ttl', '5m', '--hard-expiry', ...offline)).document.session;
    expect((await explain(one(1), soft.b.virtualNumber)).ncco[1].limit).toBeUndefined();
    const { limit } = (await explain(one(3), hard.b.virtualNumber)).ncco[1];
    expect(limit).toBeGreaterThan(290);
    expect(limit).toBeLessThanOrEqual(300);
  });

  test('--allow-premium', async () => {
    const premium = '+449098790123';
    const { code, document } = await pair(premium, one(2), ...offline);
    expect([code, document.error.code]).toEqual([2, 'invalid-number']);
    expect(document.error.message).toBe('The first number is charged at a premium rate.');
    expect((await pair(premium, one(2), '--allow-premium', ...offline)).code).toBe(0);
  });

  test('--no-sms', async () => {
    const { code, document } = await pair(one(1), one(2), '--no-sms');
    expect(code).toBe(0);
    expect(document.notified).toEqual({ a: 'skipped', b: 'skipped' });
    expect(document.session.a.notifiedAt).toBeNull();
    expect(await textsTo(one(1))).toEqual([]);
    const { stdout } = await operator.run(['pair', one(3), one(4), '--no-sms']);
    expect(stdout).toContain('Nobody was told by SMS.');
  });

  test('--no-sms --lookup offline needs no credentials', async () => {
    const env = {
      VONAGE_API_KEY: '',
      VONAGE_API_SECRET: '',
      VONAGE_APPLICATION_ID: '',
      VONAGE_PRIVATE_KEY: '',
    };
    expect((await operator.json(['pair', one(1), one(2), ...offline], { env })).code).toBe(0);
    expect((await operator.json(['pair', one(3), one(4), '--no-sms'], { env })).code).toBe(3);
    expect((await operator.json(['pair', one(3), one(4), '--lookup', 'offline'], { env })).code).toBe(3);
    expect(await sessions()).toHaveLength(1);
  });

  test('--dry-run saves and sends nothing', async () => {
    const { code, document } = await pair(one(1), one(2), '--dry-run');
    expect(code).toBe(0);
    expect(document).toMatchObject({ created: false, dryRun: true, session: { id: null, status: 'open' } });
    expect(document.session.b.virtualNumber).toMatch(/^\+44207946/);
    const { stdout } = await operator.run(['pair', one(1), one(2), '--dry-run']);
    expect(stdout).toContain('Would pair');
    expect(stdout).toContain('Nothing was saved and nobody was told.');
    expect(await sessions()).toEqual([]);
    expect(await textsTo(one(1))).toEqual([]);
  });

  test.each([
    ['--ttl', 'soon'],
    ['--ttl', '0s'],
    ['--ttl', '120'],
    ['--max-duration', '2h1s'],
    ['--max-duration', 'x'],
    ['--name', ''],
    ['--name', 'x'.repeat(65)],
    ['--label-a', 'two\nlines'],
    ['--country', 'ZZ'],
    ['--language', 'tlh'],
    ['--language-a', 'tlh'],
    ['--language-b', 'de-AT'],
    ['--direction', 'up'],
    ['--direction', 'a to b'],
    ['--lookup', 'magic'],
  ])('%s %j is wrong use, even without credentials', async (flag, value) => {
    const env = { VONAGE_API_KEY: '', VONAGE_API_SECRET: '' };
    const { code, document } = await operator.json(['pair', one(1), one(2), flag, value], { env });
    expect([code, document.error.code]).toEqual([2, 'usage']);
    expect(document.error.message).toContain(flag);
  });

  test('a label or a name never says a real number', async () => {
    for (const flag of ['--name', '--label-a', '--label-b']) {
      const text = `call ${one(2).slice(3, 7)} ${one(2).slice(7)}`;
      expect((await pair(one(1), one(2), flag, text)).code).toBe(2);
    }
    expect(await sessions()).toEqual([]);
  });

  test('the settings smsText, quarantine and maxDuration', async () => {
    await operator.run(['config', 'set', 'smsText', 'Dial me for {contact}!']);
    await operator.run(['config', 'set', 'quarantine', '2h']);
    await operator.run(['config', 'set', 'maxDuration', '30m']);
    const { document } = await pair(one(1), one(2));
    expect((await textsTo(one(1)))[0]?.[1]).toBe('Dial me for your contact!');
    const { ncco } = await explain(one(1), document.session.b.virtualNumber);
    expect(ncco[1].limit).toBe(1800);
    await operator.run(['unpair', document.session.id]);
    const at = (hours: number) => ['--at', new Date(Date.now() + hours * 3_600_000).toISOString()];
    expect((await explain(one(1), document.session.b.virtualNumber, ...at(1.9))).route.reason).toBe('ended');
    expect((await explain(one(1), document.session.b.virtualNumber, ...at(2.1))).route.reason).toBe(
      'unknown',
    );
  });
});

describe('what is refused before anything is saved', () => {
  test.each([
    ['', 'The first number is empty.'],
    ['07400 CALLME', 'The first number contains letters.'],
    ['+44 7400 12', 'The first number has too few digits.'],
    ['+44 7400 123456789', 'The first number has too many digits.'],
    ['07400111222', 'The first number has no country code.'],
    ['+999 1234567', 'The first number has an unknown country code.'],
    ['+44 7400 111222 ext. 5', 'The first number contains letters.'],
    ['+870 773 111 632', 'The first number is charged at a premium rate.'],
  ])('%j', async (typed, message) => {
    const { code, document } = await pair(typed, one(2));
    expect([code, document.error.code, document.error.message]).toEqual([2, 'invalid-number', message]);
    expect(document.error.hint).toBeTruthy();
    const second = await pair(one(2), typed);
    expect(second.document.error.message).toBe(message.replace('first', 'second'));
  });

  test('the same person twice, however written', async () => {
    const spaced = `00${one(1).slice(1, 3)} ${one(1).slice(3, 7)}-${one(1).slice(7)}`;
    const { code, document } = await pair(one(1), spaced);
    expect([code, document.error.message]).toEqual([2, 'Both numbers are the same person.']);
  });

  test('a number of the pool', async () => {
    const { code, document } = await pair(one(1), Y);
    expect(code).toBe(2);
    expect(document.error.message).toBe(
      'The second number is one of your virtual numbers: a call would loop.',
    );
    const env = { VONAGE_API_KEY: '', VONAGE_API_SECRET: '' };
    expect((await operator.json(['pair', X, one(1)], { env })).code).toBe(2);
    expect(await sessions()).toEqual([]);
  });

  test.each([[['one']], [['one', 'two', 'three']], [[]]])('not two numbers: %j', async (argv) => {
    const { code, document } = await pair(...argv);
    expect([code, document.error.message]).toEqual([2, `pair takes two numbers, and got ${argv.length}.`]);
  });

  test('a number whose country the settings leave out', async () => {
    await operator.run(['config', 'set', 'allowedCountries', 'gb,us']);
    const { code, document } = await pair(one(1), foreigner(1), '--no-sms');
    expect(code).toBe(2);
    expect(document.error.message).toContain('The second number belongs to IE');
    expect(document.error.hint).toContain('config set allowedCountries GB,US,IE');
  });
});

describe('the same two again', () => {
  test('either order: the same session, and nobody is told twice', async () => {
    const { document } = await pair(one(1), one(2));
    const again = await pair(one(2), one(1));
    expect(again.code).toBe(0);
    expect(again.document).toEqual({
      session: document.session,
      created: false,
      notified: { a: 'skipped', b: 'skipped' },
    });
    expect(await textsTo(one(1))).toHaveLength(1);
    const { stdout } = await operator.run(['pair', one(1), one(2)]);
    expect(stdout).toContain(`Already paired · session ${document.session.id}`);
    expect(stdout).toContain('Both had been told before.');
  });

  const given = [
    '--ttl',
    '2h',
    '--name',
    'ride',
    '--label-a',
    'Sam',
    '--language',
    'fr',
    '--max-duration',
    '5m',
  ];
  test('with the same terms it is the same, with others a conflict', async () => {
    const { document } = await pair(one(1), one(2), ...given, '--no-sms');
    expect((await pair(one(1), one(2), ...given, '--no-sms')).document.session.id).toBe(document.session.id);
    for (const other of [
      ['--ttl', '3h'],
      ['--name', 'trip'],
      ['--label-a', 'Max'],
      ['--label-b', 'Max'],
      ['--language', 'it'],
      ['--max-duration', '6m'],
      ['--hard-expiry'],
      ['--language-b', 'it'],
      ['--direction', 'a-to-b'],
      ['--screen'],
      ['--no-screen'],
      ['--machine-detection'],
      ['--no-mask-numbers-in-text'],
    ]) {
      const { code, document } = await pair(one(1), one(2), ...other, '--no-sms');
      expect([other[0], code, document.error?.code]).toEqual([other[0], 5, 'conflict']);
      expect(document.error.hint).toContain('voxproxy unpair');
    }
    // Labels go with the person, not with the position.
    expect((await pair(one(2), one(1), '--label-b', 'Sam', '--no-sms')).code).toBe(0);
    expect((await pair(one(2), one(1), '--label-a', 'Sam', '--no-sms')).code).toBe(5);
  });

  test('a direction and a language go with the person, not with the position', async () => {
    const given = ['--direction', 'a-to-b', '--language-a', 'de', '--no-sms'];
    const { document } = await pair(one(1), one(2), ...given);
    const again = await pair(one(2), one(1), '--direction', 'b-to-a', '--language-b', 'de', '--no-sms');
    expect([again.code, again.document.session]).toEqual([0, document.session]);
    for (const [other, named] of [
      [['--direction', 'a-to-b'], '--direction'],
      [['--direction', 'both'], '--direction'],
      [['--language-a', 'de'], '--language'],
    ] as const) {
      const { code, document } = await pair(one(2), one(1), ...other, '--no-sms');
      expect([code, document.error?.code]).toEqual([5, 'conflict']);
      expect(document.error.message).toContain(`with another ${named}`);
    }
  });

  test('a pair that comes back takes its old numbers', async () => {
    const first = (await pair(one(1), one(2), '--no-sms')).document.session;
    await operator.run(['unpair', first.id]);
    const second = (await pair(one(2), one(1), '--no-sms')).document.session;
    expect(second.id).not.toBe(first.id);
    expect(second.a.virtualNumber).toBe(first.b.virtualNumber);
    expect(second.b.virtualNumber).toBe(first.a.virtualNumber);
  });
});

describe('names', () => {
  test('of others, live or quarantined, are taken; ids too', async () => {
    const { document } = await pair(one(1), one(2), '--name', 'ride', '--no-sms');
    const { id } = document.session;
    for (const name of ['ride', id]) {
      const { code, document } = await pair(one(3), one(4), '--name', name, '--no-sms');
      expect([code, document.error.code]).toEqual([5, 'conflict']);
      expect(document.error.message).toContain(id);
    }
    await operator.run(['unpair', 'ride']);
    expect((await pair(one(3), one(4), '--name', 'ride', '--no-sms')).code).toBe(5);
    expect((await pair(one(1), one(2), '--name', 'ride', '--no-sms')).code).toBe(0);
  });
});

describe('the SMS', () => {
  test('that fails for one side: the session stands, exit 9, and notify mends it', async () => {
    await smsFails();
    const { code, document, stderr } = await pair(one(1), one(2));
    expect(code).toBe(9);
    const failed = document.notified.a === 'failed' ? 'a' : 'b';
    const other = failed === 'a' ? 'b' : 'a';
    expect(document.notified).toEqual({ [failed]: 'failed', [other]: 'sent' });
    expect(document.session[failed].notifiedAt).toBeNull();
    expect(stderr).toContain(`Side ${failed} (+44•••••`);
    expect(stderr).toContain(`session ${document.session.id} could not be told`);

    const mended = await operator.json(['sessions', 'notify', document.session.id]);
    expect(mended.code).toBe(0);
    expect(mended.document.notified).toEqual({ [failed]: 'sent', [other]: 'skipped' });
    expect(mended.document.session[failed].notifiedAt).not.toBeNull();
    expect(await textsTo(one(1))).toHaveLength(1);
    expect(await textsTo(one(2))).toHaveLength(1);
  });

  test('goes again to whoever may call, and to nobody else', async () => {
    const { document } = await pair(one(1), one(2), '--direction', 'b-to-a');
    const { id } = document.session;
    for (const times of [2, 3]) {
      const again = await operator.json(['sessions', 'notify', id]);
      expect([again.code, again.document.notified]).toEqual([0, { a: 'skipped', b: 'sent' }]);
      expect(await textsTo(one(2))).toHaveLength(times);
    }
    expect(await textsTo(one(1))).toEqual([]);
  });

  test('never goes to somebody who texted STOP: exit 9, and a warning without their number', async () => {
    const stopped = new JsonStore(join(operator.home, 'store.json'), () => {});
    await stopped.mark(one(2) as E164, 'textsStopped', true);
    const { code, document, stderr } = await pair(one(1), one(2));
    expect([code, document.created, document.notified]).toEqual([9, true, { a: 'sent', b: 'failed' }]);
    const { id } = document.session;
    expect(stderr).toContain(
      `Side b (+44•••••${one(2).slice(-4)}) of session ${id} could not be told: they asked for no more texts (STOP).`,
    );
    const again = await operator.json(['sessions', 'notify', id]);
    expect([again.code, again.document.notified]).toEqual([9, { a: 'skipped', b: 'failed' }]);
    expect(again.stderr).toContain('(STOP)');
    expect(await textsTo(one(2))).toEqual([]);

    await stopped.mark(one(2) as E164, 'textsStopped', false);
    const allowed = await operator.json(['sessions', 'notify', id]);
    expect([allowed.code, allowed.document.notified]).toEqual([0, { a: 'skipped', b: 'sent' }]);
  });

  test('is sent by the next pair to whoever was not told', async () => {
    await smsFails(2);
    const first = await operator.run(['pair', one(1), one(2)]);
    expect(first.code).toBe(9);
    expect(first.stdout).toContain('Not everybody was told. Try again: voxproxy sessions notify');
    const { code, document } = await pair(one(1), one(2));
    expect([code, document.created, document.notified]).toEqual([0, false, { a: 'sent', b: 'sent' }]);
  });

  test.each([
    ['is refused', { status: 422 }],
    ['meets an empty account', { status: 402 }],
    ['meets a web page', { html: true, status: 503 }],
    ['is dropped', { drop: true }],
    ['meets a web page that says OK', { html: true }],
  ])('that %s is a warning without numbers', async (_what, fields) => {
    await rehearsal.control.fault({ path: '/v1/messages', times: 2, ...fields });
    const { code, document } = await pair(one(1), one(2));
    expect([code, document.created]).toEqual([9, true]);
  });

  test('429 is waited for', async () => {
    const throttled = { path: '/v1/messages', status: 429, headers: { 'retry-after': '0' }, times: 3 };
    await rehearsal.control.fault(throttled);
    expect((await pair(one(1), one(2))).document.notified).toEqual({ a: 'sent', b: 'sent' });
  });
});

describe('no number is free', () => {
  test('says who is full, when it ends and what mends it', async () => {
    await pair(one(1), one(2), '--ttl', '2h', '--no-sms');
    await pair(one(1), one(3), '--ttl', '4h', '--no-sms');
    const { code, stdout, stderr } = await operator.run(['pair', one(1), one(4), '--no-sms']);
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toMatch(
      new RegExp(
        [
          `^✖ No number is free for the first person, \\+44•••••${one(1).slice(-4)}: all 2 numbers of the pool already lead it to somebody\\.`,
          '  The soonest comes free in 7 days 2 h \\(session \\S+, then 7 days of quarantine\\)\\.',
          '  Add one: {2}voxproxy numbers provision GB --count 1\n$',
        ].join('\n'),
      ),
    );
    expect((await pair(one(4), one(1), '--no-sms')).document.error).toMatchObject({
      code: 'pool-exhausted',
      message: expect.stringContaining('the second person'),
      hint: expect.stringContaining('voxproxy numbers provision GB --count 1'),
    });
    expect((await pair(one(2), one(3), '--no-sms')).code).toBe(0);
    await operator.run(['numbers', 'link', Z]);
    expect((await pair(one(1), one(4), '--no-sms')).code).toBe(0);
  });

  test('none comes free by itself when no session ends', async () => {
    operator = await rehearsal.pooled(X);
    await pair(one(1), one(2), '--no-sms');
    const { document } = await pair(one(1), one(3), '--no-sms');
    expect(document.error.message).toContain('all 1 number of the pool already leads it to somebody');
    expect(document.error.hint).toContain('None comes free by itself');
  });

  test('an empty pool', async () => {
    operator = rehearsal.operator();
    const { code, document } = await pair(one(1), one(2));
    expect(code).toBe(6);
    expect(document.error.hint).toBe('Add one:  voxproxy numbers provision GB --count 2');
    expect(await sessions()).toEqual([]);
  });
});

describe('many at the same moment', () => {
  test('twenty pairs, each with numbers of its own', async () => {
    const pairs = Array.from({ length: 20 }, (_, i) => [person(200 + i), foreigner(200 + i)] as const);
    const results = await Promise.all(pairs.map(([a, b]) => pair(a, b, '--lookup', 'offline', '--no-sms')));
    expect(results.map(({ code }) => code)).toEqual(pairs.map(() => 0));
    const ids = results.map(({ document }) => document.session.id);
    expect(new Set(ids).size).toBe(20);
    expect((await sessions()).map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
  });

  test('one person with twenty others takes as many as there are numbers', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => pair(one(1), person(200 + i), '--lookup', 'offline', '--no-sms')),
    );
    const codes = results.map(({ code }) => code);
    expect(codes.filter((code) => code === 0)).toHaveLength(2);
    expect(codes.filter((code) => code === 6)).toHaveLength(18);
  });

  test('the same two twenty times are one session', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        pair(...(i % 2 ? [one(1), one(2)] : [one(2), one(1)]), '--lookup', 'offline', '--no-sms'),
      ),
    );
    expect(new Set(results.map(({ document }) => document.session.id)).size).toBe(1);
    expect(results.filter(({ document }) => document.created)).toHaveLength(1);
  });
});

describe('interrupted', () => {
  test('before the lookup answers: nothing is saved', async () => {
    const ending = new AbortController();
    await rehearsal.control.fault({ path: '/ni/basic/json', delayMs: 400, times: 2 });
    const running = operator.json(['pair', one(1), one(2)], { signal: ending.signal });
    await sleep(150);
    ending.abort();
    const { code, document } = await running;
    expect([code, document.error.code]).toEqual([130, 'interrupted']);
    expect(await sessions()).toEqual([]);
  });

  test('between saving and telling: the next pair tells', async () => {
    const ending = new AbortController();
    await rehearsal.control.fault({ path: '/v1/messages', delayMs: 300, drop: true, times: 2 });
    const running = operator.json(['pair', one(1), one(2)], { signal: ending.signal });
    await sleep(200);
    ending.abort();
    expect((await running).code).toBe(130);
    expect(await sessions()).toHaveLength(1);
    const { document } = await pair(one(1), one(2));
    expect([document.created, document.notified]).toEqual([false, { a: 'sent', b: 'sent' }]);
  });
});
