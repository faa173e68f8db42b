import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export function addCompletionCommand(program: Command, choose: Choose): void {
  program
    .command('completion')
    .description('a script that lets your shell complete commands, flags, sessions and numbers')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      `
Examples:
  # from the next shell on
  echo 'eval "$(voxproxy completion bash)"' >> ~/.bashrc
  echo 'eval "$(voxproxy completion zsh)"' >> ~/.zshrc
  voxproxy completion fish > ~/.config/fish/completions/voxproxy.fish
`,
    )
    .action((shell: string) =>
      choose(async (context) => (await import('../actions/completion.js')).completion(context, shell)),
    );
}
