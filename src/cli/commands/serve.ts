import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type ServeFlags = {
  port?: string;
  host?: string;
  publicUrl?: string;
  /** Where the agent's API is; true for the usual places. */
  ngrok?: string | true;
  maskNumbersInText?: true;
  insecureUnsigned?: true;
};

export function addServeCommand(program: Command, choose: Choose): void {
  program
    .command('serve')
    .description("answer Vonage's webhook for every incoming call")
    .option('--port <port>', 'where to listen; 0 picks a free port (default: the setting, 3000)')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option(
      '--public-url <url>',
      "where Vonage reaches this listener; points the application's webhooks here until it ends",
    )
    .option(
      '--ngrok [api-url]',
      'the same with the URL of the ngrok that runs here, followed when it changes; its local API where it is not at port 4040 to 4045',
    )
    .option('--mask-numbers-in-text', 'hide phone numbers that people text to each other')
    .option('--insecure-unsigned', 'accept unsigned webhooks, on this machine alone: for rehearsals')
    .addHelpText(
      'after',
      `
Examples:
  voxproxy serve
  voxproxy serve --public-url https://calls.example.com
  # behind a tunnel, which runs in another terminal: ngrok http 3000
  voxproxy serve --ngrok
`,
    )
    .action((flags: ServeFlags) =>
      choose(async (context) => (await import('../actions/serve.js')).serve(context, flags)),
    );
}
