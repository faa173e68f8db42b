import { beforeEach, describe, expect, test } from 'vitest';
import type { CallReport } from '../../src/sandbox/call.js';
import { sdkFor } from './sdk.js';
import { CALLEE, CALLER, connectTo, NUMBER, setStage, statuses, talk } from './stage.js';

const stage = setStage();
const { answerWith } = stage;
const endless = { ...talk('Goodbye.'), loop: 0 };

type Uuids = { caller: string; callee: string };

const hangUp = (uuid: string) => sdkFor(stage.sandbox.env).voice.hangupCall(uuid);
const transfer = (uuid: string, ...ncco: object[]) =>
  sdkFor(stage.sandbox.env).voice.transferCallWithNCCO(uuid, ncco as never);

const uuids = (): Uuids => ({
  caller: String(stage.answerer.at('/answer')[0]?.fields.uuid),
  callee: String(stage.answerer.at('/whisper')[0]?.fields.uuid),
});

/** A call whose callee is asked for a key; what is to happen then happens before or after the reply. */
async function call(
  reply: object[],
  { before, after }: { before?: (of: Uuids) => Promise<unknown>; after?: (of: Uuids) => Promise<unknown> },
): Promise<CallReport> {
  const onAnswer = { url: `${stage.answerer.url}/whisper` };
  const endpoint = [{ type: 'phone', number: CALLEE, onAnswer }];
  answerWith(connectTo(CALLEE, { endpoint }), talk('The rest.'));
  const eventUrl = [`${stage.answerer.url}/screen`];
  stage.answerer.on('/whisper', { body: [talk('Press 1.'), { action: 'input', type: ['dtmf'], eventUrl }] });
  let later: Promise<unknown> | undefined;
  stage.answerer.on('/screen', async () => {
    await before?.(uuids());
    later = after && new Promise((resolve) => setTimeout(resolve, 50)).then(() => after(uuids()));
    return { body: reply };
  });
  const report = await stage.control.call({ from: CALLER, to: NUMBER });
  await later;
  return report;
}

const ENDS = ['outbound answered', 'outbound completed', 'inbound completed'];
const ends = ({ events }: CallReport) =>
  statuses(events.filter(({ status }) => status === 'answered' || status === 'completed')).slice(1);
const endedBy = (report: CallReport) =>
  report.events.filter(({ status }) => status === 'completed').map((event) => event.disconnected_by);

describe('the leg of the callee', () => {
  test.each(['before', 'after'] as const)(
    'is hung up %s the whisper is replied to: nobody is joined, and the caller hears the rest',
    async (when) => {
      const report = await call([endless], { [when]: ({ callee }: Uuids) => hangUp(callee) });
      expect(report.callee).toMatchObject({ joined: false });
      expect(report.caller.hears).toEqual(['The rest.']);
      expect(ends(report)).toEqual(ENDS);
      expect(endedBy(report)).toEqual(['platform', 'platform']);
    },
  );

  test('is not joined when it is hung up while the last instruction is carried out', async () => {
    const report = await call([talk('Connecting.')], { before: ({ callee }) => hangUp(callee) });
    expect(report.callee).toMatchObject({ joined: false, hears: ['Press 1.'] });
  });

  test('gives up when nothing else comes after what is played for ever', async () => {
    const report = await call([endless], {});
    expect(report.callee).toMatchObject({ joined: false, hears: ['Press 1.', 'Goodbye.'] });
    expect(report.caller.hears).toEqual(['The rest.']);
    expect(endedBy(report)).toEqual(['user', 'platform']);
  });

  test('goes its own way when it is transferred', async () => {
    const report = await call([endless], { after: ({ callee }) => transfer(callee, talk('Elsewhere.')) });
    expect(report.callee).toMatchObject({ joined: false, hears: ['Press 1.', 'Goodbye.', 'Elsewhere.'] });
    expect(report.caller.hears).toEqual(['The rest.']);
  });

  test('is cancelled while it rings', async () => {
    let callee = '';
    stage.answerer.on('/event', async ({ fields }) => {
      if (fields.direction === 'outbound' && fields.status === 'ringing') {
        callee = String(fields.uuid);
        await hangUp(callee);
      }
      return { status: 204 };
    });
    answerWith(connectTo(CALLEE), talk('The rest.'));
    const report = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(statuses(report.events).slice(-2)).toEqual(['outbound cancelled', 'inbound completed']);
    expect(report).toMatchObject({ caller: { hears: ['The rest.'] }, callee: { joined: false } });
  });
});

describe('the leg of the caller', () => {
  test.each(['before', 'after'] as const)(
    'goes on with other instructions when it is transferred %s the reply',
    async (when) => {
      const report = await call([endless], {
        [when]: ({ caller }: Uuids) => transfer(caller, talk('Not available.')),
      });
      expect(report.callee).toMatchObject({ joined: false });
      expect(report.caller.hears).toEqual(['Not available.']);
      expect(endedBy(report)).toEqual(['platform', 'platform']);
    },
  );

  test('moves to another conversation, and says so', async () => {
    const report = await call([endless], { after: ({ caller }) => transfer(caller, talk('Other.')) });
    const moved = report.events.find(({ type }) => type === 'transfer');
    expect(moved).toMatchObject({
      uuid: uuids().caller,
      conversation_uuid_from: report.id,
      conversation_uuid_to: expect.stringMatching(/^CON-/),
    });
    expect(moved).not.toHaveProperty('status');
    expect(report.events.at(-1)).toMatchObject({
      status: 'completed',
      uuid: uuids().caller,
      conversation_uuid: moved?.conversation_uuid_to,
    });
  });

  test('is hung up, and the call with it', async () => {
    const report = await call([endless], { after: ({ caller }) => hangUp(caller) });
    expect(report).toMatchObject({ caller: { hears: [] }, callee: { joined: false } });
    expect(ends(report)).toEqual(ENDS);
    expect(endedBy(report)).toEqual(['platform', 'platform']);
  });

  test('can be ended while something is played to it for ever', async () => {
    answerWith(endless);
    stage.answerer.on('/event', ({ fields }) => {
      if (fields.status === 'answered') setTimeout(() => void hangUp(uuids().caller), 50);
      return { status: 204 };
    });
    const { events } = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(events.at(-1)).toMatchObject({ status: 'completed', disconnected_by: 'platform' });
  });
});

describe('both legs, stopped in the same breath', () => {
  const toCaller = ({ caller }: Uuids) => transfer(caller, talk('Not available.'));
  const toCallee = ({ callee }: Uuids) => hangUp(callee);

  test.each([
    ['the callee first', [toCallee, toCaller]],
    ['the caller first', [toCaller, toCallee]],
  ])('%s', async (_what, [first, second]) => {
    for (const when of ['before', 'after']) {
      stage.answerer.reset();
      const report = await call([endless], {
        [when]: async (of: Uuids) => {
          await first?.(of);
          await second?.(of);
        },
      });
      expect(report.callee).toMatchObject({ joined: false });
      expect(report.caller.hears).toEqual(['Not available.']);
      expect(ends(report)).toEqual(ENDS);
    }
  });

  test('at once', async () => {
    const report = await call([endless], { after: (of) => Promise.all([toCallee(of), toCaller(of)]) });
    expect(report.caller.hears).toEqual(['Not available.']);
    expect(ends(report)).toEqual(ENDS);
  });
});

describe('an order', () => {
  const put = (uuid: string, body: unknown, headers: Record<string, string>) =>
    stage.control.json(`/v1/calls/${uuid}`, { method: 'PUT', body: JSON.stringify(body), headers });
  let bearer = { authorization: '' };
  beforeEach(async () => {
    const { env } = stage.sandbox;
    const { tokenGenerate } = await import('@vonage/jwt');
    bearer = { authorization: `Bearer ${tokenGenerate(env.VONAGE_APPLICATION_ID, env.VONAGE_PRIVATE_KEY)}` };
  });

  test.each([
    [{ action: 'mute' }, 'action'],
    [{ action: 'transfer' }, 'destination.type'],
    [{ action: 'transfer', destination: { type: 'url', url: [] } }, 'destination.type'],
    [{ action: 'transfer', destination: { type: 'ncco', ncco: [] } }, 'destination.ncco'],
    [{ action: 'transfer', destination: { type: 'ncco', ncco: [{ action: 'dance' }] } }, 'destination.ncco'],
  ])('%j is refused', async (body, name) => {
    expect(await put('any', body, bearer)).toMatchObject({
      status: 400,
      body: { title: 'Bad Request', invalid_parameters: [{ name }] },
    });
  });

  test('is for the application alone', async () => {
    for (const headers of [{}, { authorization: stage.control.basic }]) {
      const reply = await put('any', { action: 'hangup' }, headers);
      expect(reply.status).toBe(401);
      expect(reply.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  test('reaches only legs in progress', async () => {
    expect((await put('any', { action: 'hangup' }, bearer)).status).toBe(404);
    answerWith(talk('Hello.'));
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect((await put(uuids().caller, { action: 'hangup' }, bearer)).status).toBe(404);
  });

  test('can be made to fail, whichever leg it is for', async () => {
    await stage.control.fault({ path: '/v1/calls/*', method: 'PUT', status: 500 });
    expect((await put('any', { action: 'hangup' }, bearer)).status).toBe(500);
    expect((await put('any', { action: 'hangup' }, bearer)).status).toBe(404);
  });
});
