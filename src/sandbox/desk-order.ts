/** Something that the desk of the page can do. Numbers are E.164. */
export type DeskOrder =
  | { do: 'serve' }
  | { do: 'provision'; count: number }
  | { do: 'pair'; first: string; second: string; screen: boolean }
  | { do: 'pair-briefly'; session: string; first: string; second: string }
  | { do: 'close'; session: string }
  | { do: 'lose'; number: string }
  | { do: 'fault'; fault: FaultName }
  | { do: 'clear-faults' };

export type FaultName = 'busy' | 'buy-420' | 'text-429' | 'lookup-timeout' | 'unsigned' | 'undeliverable';

/** What goes wrong, and the bodies with which /sandbox/faults is asked for it. */
export const FAULTS: Record<FaultName, { title: string; bodies: Record<string, unknown>[] }> = {
  busy: {
    title: 'The next callee is busy',
    bodies: [{ path: 'network', quirk: 'busy-callees' }],
  },
  'buy-420': {
    title: 'The next purchase fails (420)',
    bodies: [{ path: '/number/buy', status: 420 }],
  },
  'text-429': {
    title: 'The next text has to wait (429)',
    bodies: [{ path: '/v1/messages', status: 429 }],
  },
  'lookup-timeout': {
    title: 'The next lookup never answers',
    // Which of the two voxproxy asks depends on the day.
    bodies: [
      { path: '/ni/basic/json', timeout: true },
      { path: '/identity-insights/v1/requests', timeout: true },
    ],
  },
  unsigned: {
    title: 'The next call comes unsigned',
    // Two events, the question what to do with the call, and the same at the fallback URL.
    bodies: [{ path: 'network', quirk: 'unsigned', times: 4 }],
  },
  undeliverable: {
    title: 'The next text is not delivered',
    bodies: [{ path: 'network', quirk: 'undeliverable-texts' }],
  },
};

/** One line that can be typed in a terminal: words of voxproxy, or of curl where Vonage itself is meant. */
export type DeskLine = { program: 'voxproxy' | 'curl'; words: string[] };

/** What an order stands for, in the order in which it is done. */
export function linesOf(order: DeskOrder, sandboxUrl: string): DeskLine[] {
  const voxproxy = (...words: string[]): DeskLine => ({ program: 'voxproxy', words });
  const curl = (method: string, path: string, body?: object): DeskLine => ({
    program: 'curl',
    words: [
      '-X',
      method,
      `${sandboxUrl}${path}`,
      ...(body === undefined ? [] : ['-d', JSON.stringify(body)]),
    ],
  });
  switch (order.do) {
    case 'serve':
      return [voxproxy('serve', '--port', '0')];
    case 'provision':
      return [voxproxy('numbers', 'provision', 'GB', '--count', String(order.count), '--yes')];
    case 'pair':
      return [
        voxproxy(
          ...['pair', order.first, order.second, '--ttl', '2h'],
          ...(order.screen ? ['--screen'] : []),
        ),
      ];
    case 'pair-briefly':
      return [
        voxproxy('sessions', 'close', order.session),
        voxproxy('pair', order.first, order.second, '--ttl', '5s', '--no-sms'),
      ];
    case 'close':
      return [voxproxy('sessions', 'close', order.session)];
    case 'lose':
      return [curl('DELETE', `/sandbox/numbers/${order.number.slice(1)}`), voxproxy('numbers', 'sync')];
    case 'fault':
      return FAULTS[order.fault].bodies.map((body) => curl('POST', '/sandbox/faults', body));
    case 'clear-faults':
      return [curl('DELETE', '/sandbox/faults')];
  }
}

/** As it is typed in a shell. */
export function typed({ program, words }: DeskLine): string {
  return [program, ...words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`))].join(' ');
}

const E164 = /^\+[1-9]\d{6,14}$/;
const SESSION = /^[a-z][a-z-]{0,60}[a-z]$/;

/** Reads what somebody wants done: nothing but this reaches a command line. */
export function readOrder(body: Record<string, unknown> | undefined): DeskOrder | undefined {
  if (body === undefined) return undefined;
  const { do: what, count, first, second, screen, session, number, fault } = body;
  const isNumber = (one: unknown): one is string => typeof one === 'string' && E164.test(one);
  const isSession = (one: unknown): one is string => typeof one === 'string' && SESSION.test(one);
  switch (what) {
    case 'serve':
    case 'clear-faults':
      return { do: what };
    case 'provision':
      return typeof count === 'number' && [1, 2, 3].includes(count) ? { do: what, count } : undefined;
    case 'pair':
      return isNumber(first) && isNumber(second)
        ? { do: what, first, second, screen: screen === true }
        : undefined;
    case 'pair-briefly':
      return isNumber(first) && isNumber(second) && isSession(session)
        ? { do: what, session, first, second }
        : undefined;
    case 'close':
      return isSession(session) ? { do: what, session } : undefined;
    case 'lose':
      return isNumber(number) ? { do: what, number } : undefined;
    case 'fault':
      return typeof fault === 'string' && Object.hasOwn(FAULTS, fault)
        ? { do: what, fault: fault as FaultName }
        : undefined;
    default:
      return undefined;
  }
}
