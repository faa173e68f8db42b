import { describe, expect, test } from 'vitest';
import type { CallReport } from '../../src/sandbox/call.js';
import { CALLEE, CALLER, connectTo, NUMBER, setStage, statuses, talk } from './stage.js';

const stage = setStage();
const GREETING = expect.stringContaining('voicemail');

const call = (more: object, fields: object = {}): Promise<CallReport> => {
  stage.answerWith(
    connectTo(CALLEE, { eventUrl: [`${stage.answerer.url}/leg`], ...more }),
    talk('The rest.'),
  );
  return stage.control.call({
    from: CALLER,
    to: NUMBER,
    outcome: 'machine',
    endedBy: 'callee',
    ...fields,
  });
};
const outbound = ({ events }: CallReport) =>
  statuses(events.filter(({ direction }) => direction === 'outbound')).map((status) => status.split(' ')[1]);

describe('a voicemail', () => {
  test('answers like a person when nobody listens for it', async () => {
    const report = await call({});
    expect(report.caller.hears).toEqual([GREETING, 'The rest.']);
    expect(report.callee).toMatchObject({ joined: true });
    expect(outbound(report)).toEqual(['started', 'ringing', 'answered', 'completed']);
  });

  test('presses no keys', async () => {
    const onAnswer = { url: `${stage.answerer.url}/whisper` };
    const eventUrl = [`${stage.answerer.url}/screen`];
    stage.answerer.on('/whisper', { body: [{ action: 'input', type: ['dtmf'], eventUrl }] });
    await call({ endpoint: [{ type: 'phone', number: CALLEE, onAnswer }] }, { calleeKeys: '1111' });
    expect(stage.answerer.at('/screen').map(({ fields }) => fields.dtmf)).toEqual([
      { digits: '', timed_out: true },
    ]);
  });

  test('is told of in an event about the call, and the callee is gone', async () => {
    const report = await call({ machineDetection: 'hangup' });
    expect(report).toMatchObject({ caller: { hears: ['The rest.'] }, callee: { joined: false } });
    expect(outbound(report)).toEqual(['started', 'ringing', 'answered', 'machine', 'completed']);
    const [machine, completed] = stage.answerer.at('/leg').slice(-2);
    expect(machine?.fields).toMatchObject({ status: 'machine', call_uuid: completed?.fields.uuid });
    expect(machine?.fields).not.toHaveProperty('uuid');
    expect(completed?.fields).toMatchObject({ disconnected_by: 'platform' });
  });

  test('is put through when the connect says so', async () => {
    for (const detection of [
      { machineDetection: 'continue' },
      { advancedMachineDetection: { behavior: 'continue' } },
    ]) {
      const report = await call(detection);
      expect(report.caller.hears).toEqual([GREETING, 'The rest.']);
      expect(report.callee).toMatchObject({ joined: true });
      expect(outbound(report)).toContain('machine');
    }
  });

  test.each(['hangup', 'continue'])(
    'gives way to what a synchronous connect has instead (%s)',
    async (machineDetection) => {
      stage.answerer.on('/leg', ({ fields }) =>
        fields.status === 'machine' ? { body: [talk('Not available.')] } : { status: 204 },
      );
      const report = await call({ machineDetection, eventType: 'synchronous' });
      expect(report).toMatchObject({ caller: { hears: ['Not available.'] }, callee: { joined: false } });
      expect(outbound(report)).toEqual(['started', 'ringing', 'answered', 'machine', 'completed']);
      const asynchronous = await call({ machineDetection });
      expect(asynchronous.caller.hears).not.toContain('Not available.');
    },
  );

  test('is left at that when a synchronous connect has nothing to add', async () => {
    const report = await call({ machineDetection: 'hangup', eventType: 'synchronous' });
    expect(report.caller.hears).toEqual(['The rest.']);
  });
});

test('a person is heard to be one, and put through', async () => {
  const report = await call({ machineDetection: 'hangup' }, { outcome: 'answered' });
  expect(report.callee).toMatchObject({ joined: true });
  const { fields = {} } =
    stage.answerer.at('/leg').find((webhook) => webhook.fields.status === 'human') ?? {};
  expect(fields).toMatchObject({ call_uuid: expect.any(String) });
  expect(fields).not.toHaveProperty('uuid');
  expect(outbound(report)).toEqual(['started', 'ringing', 'answered', 'human', 'completed']);
});
