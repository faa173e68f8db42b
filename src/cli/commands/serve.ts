import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type ServeFlags = {
  port?: string;
  host?: string;
  publicUrl?: string;
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
    .option('--mask-numbers-in-text', 'hide phone numbers that people text to each other')
    .option('--insecure-unsigned', 'accept unsigned webhooks, on this machine alone: for rehearsals')
    .addHelpText(
      'after',
      '\nExample:\n  ngrok http 3000\n  voxproxy serve --public-url https://example.ngrok.app\n',
    )
    .action((flags: ServeFlags) =>
      choose(async (context) => (await import('../actions/serve.js')).serve(context, flags)),
    );
}
