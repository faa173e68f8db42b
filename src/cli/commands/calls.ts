import type { Command, Help } from 'commander';
import type { Choose } from '../handler.js';

export type CallsFlags = { since?: string; follow?: true };
export type SummaryFlags = CallsFlags & { by?: string };

export function addCallsCommand(program: Command, choose: Choose): void {
  const calls = program
    .command('calls')
    .description('the log of calls and texts: when, which session, who called, how it ended, what it cost')
    .argument('[session]', 'only those of this session')
    .option('--since <duration>', 'only those of this last time, for example 24h')
    .option('--follow', 'go on with what happens from now on, until Ctrl-C')
    .addHelpText('after', CALLS_HELP)
    .action((session: string | undefined, flags: CallsFlags) =>
      choose(async (context) =>
        flags.follow
          ? (await import('../actions/follow-calls.js')).followCalls(context, session, flags)
          : (await import('../actions/calls.js')).listCalls(context, session, flags),
      ),
    );
  // What stands behind the word is the summary's own.
  const summary = calls.enablePositionalOptions().command('summary');
  const layout = summary.configureHelp();
  summary
    .configureHelp({
      ...layout,
      visibleOptions(this: Help, command) {
        const visible = layout.visibleOptions?.call(this, command) ?? [];
        return visible.filter((option) => !calls.options.includes(option));
      },
    })
    .description('how many calls and texts, how long and at what cost: by day, session and country')
    .option('--by <what>', 'day, session, or country of the virtual number that was dialled')
    .option('--since <duration>', 'only those of this last time, for example 7d')
    .addHelpText('after', SUMMARY_HELP)
    // --since may stand before the word, too.
    .action((_flags: SummaryFlags, command: Command) =>
      choose(async (context) =>
        (await import('../actions/summarise-calls.js')).summariseCalls(
          context,
          command.optsWithGlobals<SummaryFlags>(),
        ),
      ),
    );
}

const CALLS_HELP = `
Times are in UTC. A session that is named "summary" is found by its id.

Examples:
  voxproxy calls --since 24h
  voxproxy calls brave-otter
  voxproxy calls --follow
  voxproxy calls summary --by day
`;

const SUMMARY_HELP = `
Days are those of UTC, as all times are. Costs are what Vonage told of both legs, in EUR.

Examples:
  voxproxy calls summary --since 7d
  voxproxy calls summary --by country
`;
