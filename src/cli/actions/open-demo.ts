import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import type { DeskOrder } from '../../sandbox/desk-order.js';
import { ANNA, BEN } from '../../sandbox/fictional-numbers.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import { openBrowser } from '../browser.js';
import { interruption } from '../interruption.js';
import { PageOperator } from '../page-operator.js';

const STAGE: readonly DeskOrder[] = [
  { do: 'serve' },
  { do: 'provision', count: 2 },
  { do: 'pair', first: ANNA, second: BEN, screen: false },
];

/** Sets the stage on the sandbox, and takes somebody to its page. */
export async function openDemo(context: Context): Promise<undefined> {
  const { out, signal, globals } = context;
  const sandbox = await startSandbox({ port: 0, operator: (env) => new PageOperator(context, env) });
  try {
    for (const order of STAGE) {
      if (signal.aborted) return;
      await carryOut(sandbox.url, order);
    }
    const opens = out.isTerminal && !out.json && globals.input;
    out.answer({ url: sandbox.url }, () => `${out.style.green('✔')} Two phones wait at ${sandbox.url}`);
    out.say('Anna and Ben are paired: dial from one, and the other rings. Ctrl-C ends it.');
    if (opens && !(await openBrowser(sandbox.url))) out.say('Open the address in a browser on this machine.');
    await interruption(signal);
  } finally {
    await sandbox.close();
  }
}

async function carryOut(url: string, order: DeskOrder): Promise<void> {
  const response = await fetch(`${url}/sandbox/desk`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  const { good } = (await response.json()) as { good?: boolean };
  if (good !== true)
    throw new VoxproxyError('bug', `The demo could not ${order.do}.`, 'Try it by hand: voxproxy sandbox');
}
