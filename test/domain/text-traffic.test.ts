import { describe, expect, it } from 'vitest';
import { TextTraffic } from '../../src/domain/text-traffic.js';
import { HOUR, SECOND, START } from '../contract/fixtures.js';

/** How many of so many texts are admitted, one after the other. */
function admitted(
  traffic: TextTraffic,
  count: number,
  every: number,
  digestOf: (n: number) => string,
): number {
  const all = Array.from({ length: count }, (_, n) =>
    traffic.admit('trip', n % 2 === 0 ? 'a' : 'b', digestOf(n), START + n * every),
  );
  return all.filter(Boolean).length;
}

describe('texts of one session', () => {
  it('are twenty a minute at most, from both sides together', () => {
    expect(admitted(new TextTraffic(), 50, 1, String)).toBe(20);
  });

  it('are 120 an hour at most', () => {
    expect(admitted(new TextTraffic(), 600, 4 * SECOND, String)).toBe(120);
  });

  it('end when two phones answer each other by themselves, however slowly', () => {
    const phones = (n: number) => (n % 2 === 0 ? 'I am driving' : 'I am in a meeting');
    expect(admitted(new TextTraffic(), 500, 7 * SECOND, phones)).toBe(10);
  });

  it('do not count for another session', () => {
    const traffic = new TextTraffic();
    admitted(traffic, 50, 1, String);
    expect(traffic.admit('other', 'a', 'x', START)).toBe(true);
  });
});

describe('notices to one sender', () => {
  it('are five an hour at most: a phone may answer them by itself', () => {
    const traffic = new TextTraffic();
    const told = Array.from({ length: 100 }, (_, n) => traffic.admitNotice('trip', 'a', START + n * SECOND));
    expect(told.filter(Boolean)).toHaveLength(5);
    expect(traffic.admitNotice('trip', 'b', START)).toBe(true);
    expect(traffic.admitNotice('trip', 'a', START + HOUR)).toBe(true);
  });

  it('of texts for nobody are one in ten minutes', () => {
    const traffic = new TextTraffic();
    const told = Array.from({ length: 60 }, (_, n) =>
      traffic.admitNoticeOfDrop('trip', 'a', START + n * 60 * SECOND),
    );
    expect(told.filter(Boolean)).toHaveLength(5);
    expect(told.slice(0, 10).filter(Boolean)).toHaveLength(1);
  });
});
