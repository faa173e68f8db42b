import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import type { SandboxFlags } from '../commands/sandbox.js';
import { portFlag } from '../flags.js';
import { interruption } from '../interruption.js';

export async function sandbox(context: Context, flags: SandboxFlags): Promise<undefined> {
  const port = portFlag(flags.port ?? '4010');
  const running = await start(port);
  const { url, env } = running;
  const { out } = context;
  out.answer({ url, env }, () =>
    Object.entries(env)
      .map(([name, value]) => `export ${name}='${value}'`)
      .join('\n'),
  );
  out.say(
    `The sandbox plays Vonage on ${url}: nothing here is real, nothing costs anything. Ctrl-C ends it.`,
  );
  await interruption(context.signal);
  await running.close();
}

async function start(port: number): Promise<Sandbox> {
  try {
    return await startSandbox({ port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new VoxproxyError(
      'conflict',
      `Port ${port} is in use.`,
      'Choose another: voxproxy sandbox --port 0',
    );
  }
}
