import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import type { SandboxFlags } from '../commands/sandbox.js';
import { portFlag } from '../flags.js';
import { interruption } from '../interruption.js';
import { PageOperator } from '../page-operator.js';

export async function sandbox(context: Context, flags: SandboxFlags): Promise<undefined> {
  const port = portFlag(flags.port ?? '4010');
  const running = await start(context, port);
  const { url, env } = running;
  const { out } = context;
  out.answer({ url, env }, () =>
    Object.entries(env)
      .map(([name, value]) => `export ${name}='${value}'`)
      .join('\n'),
  );
  out.say(
    `The sandbox plays Vonage on ${url}: nothing here is real, nothing costs anything. Ctrl-C ends it.\n` +
      'The same address in a browser shows two phones that call each other through voxproxy.',
  );
  await interruption(context.signal);
  await running.close();
}

async function start(context: Context, port: number): Promise<Sandbox> {
  try {
    return await startSandbox({ port, operator: (env) => new PageOperator(context, env) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new VoxproxyError(
      'conflict',
      `Port ${port} is in use.`,
      'Choose another: voxproxy sandbox --port 0',
    );
  }
}
