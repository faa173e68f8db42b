import { expect, it } from 'vitest';
import { usageOf } from '../../src/domain/pool-usage.js';
import { ANNA, BEN, CLEO, HOUR, START, session, virtualNumber } from '../contract/fixtures.js';

const [N1, N2] = [virtualNumber(1), virtualNumber(2)];

it('every leg is counted once, for the session that owns it now', () => {
  const sessions = [
    session('taken over', [ANNA, N1], [BEN, N2], { closedAt: START }),
    session('ended', [BEN, N2], [ANNA, N1], { closedAt: START }),
    session('live', [ANNA, N2], [CLEO, N2]),
    session('long ago', [BEN, N1], [CLEO, N1], { closedAt: START, quarantine: 60 }),
  ];
  expect(Object.fromEntries(usageOf(sessions, START + HOUR))).toEqual({
    [N1]: { live: 0, quarantined: 1 },
    [N2]: { live: 2, quarantined: 1 },
  });
});

it('one number may carry both legs of a session', () => {
  expect(usageOf([session('s', [ANNA, N1], [BEN, N1])], START).get(N1)).toEqual({ live: 2, quarantined: 0 });
});
