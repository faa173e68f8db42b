import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type PairFlags = {
  ttl?: string;
  name?: string;
  labelA?: string;
  labelB?: string;
  country?: string;
  language?: string;
  languageA?: string;
  languageB?: string;
  direction?: string;
  screen?: boolean;
  machineDetection?: boolean;
  maskNumbersInText?: boolean;
  maxDuration?: string;
  hardExpiry?: true;
  allowPremium?: true;
  lookup?: string;
  sms: boolean;
  dryRun?: true;
  file?: string;
};

/** The flags of one pair, which the columns of a file can give as well. */
export type TermFlags = Pick<
  PairFlags,
  | 'ttl'
  | 'name'
  | 'labelA'
  | 'labelB'
  | 'language'
  | 'languageA'
  | 'languageB'
  | 'direction'
  | 'screen'
  | 'machineDetection'
  | 'maskNumbersInText'
  | 'maxDuration'
  | 'hardExpiry'
>;

export function addPairCommand(program: Command, choose: Choose): void {
  program
    .command('pair')
    .description('let two people call each other, and tell them by SMS')
    .argument('[number...]', 'two real numbers')
    .optionsGroup('Who:')
    .option('--country <code>', 'country of numbers typed in national form')
    .option('--lookup <way>', 'how both are checked: auto, number-insight, identity-insights or offline')
    .option('--allow-premium', 'accept numbers that cost more to call')
    .option('--direction <way>', 'who may call and text: both, a-to-b or b-to-a')
    .option('--file <path>', 'pair every line of a CSV file (a,b,name,ttl); - reads standard input')
    .optionsGroup('Terms:')
    .option('--name <name>', 'a name to call the session by')
    .option('--ttl <duration>', 'end the session after this time, for example 2h')
    .option('--max-duration <duration>', 'end every call after this time, at most 2h')
    .option('--hard-expiry', 'end a call when the session ends')
    .optionsGroup('What people hear and read:')
    .option('--label-a <text>', 'what b is told about a, for example "your driver Sam"')
    .option('--label-b <text>', 'what a is told about b')
    .option('--language <tag>', 'language of what both hear, for example de-DE; else that of their countries')
    .option('--language-a <tag>', 'language of what a hears')
    .option('--language-b <tag>', 'language of what b hears')
    .option('--screen', 'whoever is called presses 1 before being joined, so that no voicemail answers')
    .option('--no-screen', 'join at once, whatever the settings say')
    .option('--machine-detection', 'a voicemail that answers counts as nobody')
    .option('--no-machine-detection', 'let voicemails answer, whatever the settings say')
    .option('--mask-numbers-in-text', 'hide phone numbers that the two text to each other')
    .option('--no-mask-numbers-in-text', 'pass texts on as they are, whatever the settings say')
    .optionsGroup('Running:')
    .option('--no-sms', 'tell nobody')
    .option('--dry-run', 'show what would happen; save and send nothing')
    .addHelpText(
      'after',
      `
Examples:
  voxproxy pair '+44 7400 123456' '+44 7400 654321' --ttl 2h
  voxproxy pair 07400123456 07400654321 --country GB --label-b "your driver Sam"
  # what would happen
  voxproxy pair +447400123456 +447400654321 --dry-run
  # many at once; standard input keeps numbers out of the shell's history
  voxproxy pair --file pairs.csv --no-sms
  voxproxy pair --file - < pairs.csv
`,
    )
    .action((numbers: string[], flags: PairFlags) =>
      choose(async (context) => (await import('../actions/pair.js')).runPair(context, numbers, flags)),
    );
}
