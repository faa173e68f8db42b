import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse, type Paired } from '../listener/house.js';

let house: House;
let session: Paired;
let listener: Awaited<ReturnType<House['listen']>>;

beforeAll(async () => {
  house = await openHouse({ numbers: 2 });
  session = await house.pair(house.person(), house.person(), '--name', 'summary');
  listener = await house.listen();
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

const there = () => ({ from: session.a.realNumber, to: session.b.virtualNumber });
const back = () => ({ from: session.b.realNumber, to: session.a.virtualNumber });

/** Follows until `stop`. */
function following(...argv: string[]) {
  const ending = new AbortController();
  let shown = '';
  const ended = house.operator.run(['calls', ...argv, '--follow'], {
    signal: ending.signal,
    onOutput: (text) => {
      shown += text;
    },
  });
  return {
    lines: () => shown.split('\n').filter((line) => line !== ''),
    stop: async () => {
      ending.abort();
      return (await ended).code;
    },
  };
}

describe('following the log', () => {
  it('tells each call when it comes, and ends well when it is interrupted', async () => {
    const [people, scripts] = [following(), following('--json')];
    await house.control.call({ ...there(), endedBy: 'callee', talkSeconds: 60 });
    await expect
      .poll(() => people.lines().at(-1))
      .toMatch(/ a called b · completed · 1 minute · b hung up · /);
    await expect
      .poll(() =>
        scripts
          .lines()
          .map((line) => JSON.parse(line))
          .at(-1),
      )
      .toMatchObject({ call: { sessionId: session.id, from: 'a', outcome: 'completed', endedBy: 'b' } });
    await house.text(session.a.realNumber, session.b.virtualNumber, 'hello');
    await expect.poll(() => people.lines().at(-1)).toMatch(/ a texted b · /);
    expect([await people.stop(), await scripts.stop()]).toEqual([0, 0]);
  });

  it('tells what is there before, of one session alone if asked', async () => {
    const [own, recent] = [following(session.id), following('--since', '1s')];
    await expect.poll(() => own.lines().length).toBeGreaterThan(0);
    for (const line of own.lines()) expect(line).toContain(session.id);
    expect([await own.stop(), await recent.stop()]).toEqual([0, 0]);
  });
});

describe('the list of calls', () => {
  it('says who hung up and adds the price of both legs', async () => {
    await house.control.call({ ...back(), endedBy: 'caller', talkSeconds: 60 });
    await expect
      .poll(async () => (await house.told(['calls'])).calls[0])
      .toMatchObject({ from: 'b', outcome: 'completed', endedBy: 'b', price: { currency: 'EUR' } });
    const { stdout } = await house.operator.run(['calls', session.id, '--since', '1h']);
    expect(stdout).toMatch(/^ {2}WHEN +SESSION +FROM +OUTCOME +ENDED BY +DURATION +PRICE\n/);
    const narrow = await house.operator.run(['calls'], { terminal: { columns: 50 } });
    expect(narrow.stdout).toContain('b called a · completed');
  });
});

describe('the summary', () => {
  it('counts by day, session and country in one document', async () => {
    const { days, sessions, countries } = await house.told(['calls', 'summary']);
    const counts = { calls: 2, answered: 2, refused: 0, texts: 1, duration: 120, averageDuration: 60 };
    expect(days.reduce((sum: number, { calls }: { calls: number }) => sum + calls, 0)).toBe(2);
    expect(sessions).toEqual([
      expect.objectContaining({ sessionId: session.id, name: 'summary', ...counts }),
    ]);
    expect(countries).toEqual([expect.objectContaining({ country: 'GB', ...counts })]);
    expect(Object.keys(await house.told(['calls', '--since', '1h', 'summary', '--by', 'day']))).toEqual([
      'days',
    ]);
  });

  it.each([40, 60, 80, 120])('fits a terminal of %i columns, with bars', async (columns) => {
    const { stdout, stderr } = await house.operator.run(['calls', 'summary'], { terminal: { columns } });
    expect(stdout).toContain('█');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.max(columns, 70));
    for (const line of stdout.split('\n').filter((one) => one.includes('█')))
      expect(line.length).toBeLessThanOrEqual(columns);
    expect(stderr).toContain(`voxproxy calls ${session.id}`);
  });

  it('has no bars where nobody looks at a screen', async () => {
    const { stdout } = await house.operator.run(['calls', 'summary', '--by', 'country']);
    expect(stdout).toMatch(/COUNTRY +CALLS.*\n {2}GB +2 /);
    expect(stdout).not.toContain('█');
  });

  it('is not followed, and knows what it counts by', async () => {
    expect((await house.operator.run(['calls', 'summary', '--follow'])).code).toBe(2);
    expect((await house.operator.run(['calls', 'summary', '--by', 'week'])).code).toBe(2);
  });
});
