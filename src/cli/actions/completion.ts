import type { Context } from '../../context.js';
import { INSTALLING, SHELLS, scriptFor } from '../completion/scripts.js';
import { oneOf } from '../flags.js';

export async function completion({ out }: Context, text: string): Promise<undefined> {
  const shell = oneOf('The shell', text, SHELLS);
  const script = scriptFor(shell);
  out.answer({ shell, script }, () => script.trimEnd());
  out.suggest(INSTALLING[shell]);
}
