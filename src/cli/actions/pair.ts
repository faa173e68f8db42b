import type { Context } from '../../context.js';
import { knownLanguage, knownLanguages } from '../../domain/languages.js';
import { LONGEST_CALL } from '../../domain/routing.js';
import { DIRECTIONS, mayCall, SIDES, type Terms } from '../../domain/session.js';
import { EXIT_NOT_TOLD, exitCodeOf, reportOf, VoxproxyError } from '../../errors.js';
import { LOOKUP_WAYS } from '../../setting-definitions.js';
import { lookupInUse } from '../../use-cases/look-up-people.js';
import { type Paired, type PairOptions, type PairRequest, pair } from '../../use-cases/pair.js';
import type { PairFlags, TermFlags } from '../commands/pair.js';
import { durationFlag, oneOf, textFlag } from '../flags.js';
import { didYouMean, nearest } from '../nearest.js';
import { nextAfterPairing } from '../next-step.js';
import { readPairs } from '../pairs-file.js';
import { sessionDocument, sessionTitle } from '../present-session.js';
import { newLongSessionId, newSessionId } from '../session-id.js';

export async function runPair(context: Context, numbers: string[], flags: PairFlags): Promise<number> {
  if (flags.file === undefined ? numbers.length !== 2 : numbers.length > 0) {
    throw new VoxproxyError(
      'usage',
      flags.file === undefined
        ? `pair takes two numbers, and got ${numbers.length}.`
        : 'pair takes either two numbers or --file.',
      "Quote a number that has spaces: voxproxy pair '+44 7400 123456' '+44 7400 654321'",
    );
  }
  if (flags.file !== undefined && flags.name !== undefined) {
    throw new VoxproxyError('usage', '--name is for one session.', 'Give names in a column of the file.');
  }
  const country = flags.country === undefined ? null : await countryOf(flags.country);
  const way = flags.lookup === undefined ? null : oneOf('--lookup', flags.lookup, LOOKUP_WAYS);
  const requests =
    flags.file === undefined
      ? [{ line: 1, request: requestOf(numbers as [string, string], flags) }]
      : await requestsOfFile(context, flags.file, flags);

  const settings = await context.settings();
  const unasked = flags.file !== undefined || flags.dryRun ? 'offline' : await settings.get('lookup');
  const options: PairOptions = {
    country,
    allowPremium: flags.allowPremium ?? false,
    allowedCountries: (await settings.get('allowedCountries')) ?? null,
    lookup: lookupInUse(way ?? unasked ?? 'auto', context.now()),
    sms: flags.sms,
    smsText: (await settings.get('smsText')) ?? '',
    quarantine: (await settings.get('quarantine')) ?? 0,
    dryRun: flags.dryRun ?? false,
  };
  const results = await pair(
    {
      store: await context.store(),
      vonage: () => context.vonage(),
      now: context.now,
      newId: (await context.storeAddress()) === null ? newSessionId : newLongSessionId,
      warn: (message) => context.out.warn(message),
      signal: context.signal,
    },
    requests.map(({ request }) => request),
    options,
  );
  context.signal.throwIfAborted();
  return flags.file === undefined
    ? showOne(context, results[0] as Paired | VoxproxyError, options)
    : showAll(
        context,
        requests.map(({ line }, i) => ({ line, result: results[i] as Paired | VoxproxyError })),
        options,
      );
}

/** Loaded only for those who name a country: its list of countries is not the one that numbers are read by. */
async function countryOf(text: string): Promise<string> {
  const { countryFlag } = await import('../country-flag.js');
  return countryFlag('--country', text);
}

/** @throws VoxproxyError `usage` for a flag or a column that makes no sense */
function requestOf([a, b]: [string, string], flags: TermFlags): PairRequest {
  const terms: Partial<Terms> = {};
  if (flags.ttl !== undefined) terms.ttl = durationFlag('--ttl', flags.ttl);
  if (flags.name !== undefined) terms.name = textFlag('--name', flags.name);
  if (flags.hardExpiry) terms.hardExpiry = true;
  if (flags.maxDuration !== undefined) {
    terms.maxDuration = durationFlag('--max-duration', flags.maxDuration);
    if (terms.maxDuration > LONGEST_CALL) throw new VoxproxyError('usage', '--max-duration is at most 2h.');
  }
  if (flags.direction !== undefined) terms.direction = oneOf('--direction', flags.direction, DIRECTIONS);
  if (flags.screen !== undefined) terms.screen = flags.screen;
  if (flags.machineDetection !== undefined) terms.detectMachines = flags.machineDetection;
  if (flags.maskNumbersInText !== undefined) terms.maskNumbers = flags.maskNumbersInText;
  const both = languageFlag('--language', flags.language);
  const label = (flag: string, text: string | undefined) =>
    text === undefined ? null : textFlag(flag, text);
  return {
    numbers: { a, b },
    labels: { a: label('--label-a', flags.labelA), b: label('--label-b', flags.labelB) },
    languages: {
      a: languageFlag('--language-a', flags.languageA) ?? both,
      b: languageFlag('--language-b', flags.languageB) ?? both,
    },
    terms,
  };
}

function languageFlag(flag: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const language = knownLanguage(text);
  if (language !== undefined) return language;
  throw new VoxproxyError(
    'usage',
    `${flag} is not one that people can be spoken to in.`,
    didYouMean(nearest(text, knownLanguages())) ?? `One of ${knownLanguages().join(', ')}.`,
  );
}

async function requestsOfFile(context: Context, path: string, flags: TermFlags) {
  const requests: { line: number; request: PairRequest | VoxproxyError }[] = [];
  for (const { line, row } of await readPairs(path, () => context.prompts.readAll())) {
    if (row instanceof VoxproxyError) {
      requests.push({ line, request: row });
      continue;
    }
    try {
      requests.push({ line, request: requestOf([row.a, row.b], { ...flags, ...row.flags }) });
    } catch (error) {
      if (!(error instanceof VoxproxyError)) throw error;
      requests.push({ line, request: error });
    }
  }
  return requests;
}

async function showOne(
  context: Context,
  paired: Paired | VoxproxyError,
  options: PairOptions,
): Promise<number> {
  if (paired instanceof VoxproxyError) throw paired;
  const { out } = context;
  const { now, reveal } = { now: context.now(), reveal: context.globals.reveal };
  const { session } = paired;
  // What writes numbers for people takes a tenth of the command's time, and scripts read nothing of it.
  const lines = out.json ? '' : (await import('../session-lines.js')).sessionLines(session, { now, reveal });
  out.answer(documentOf(context, paired, options.dryRun), () =>
    [
      `${out.style.green('✔')} ${titleOf(context, paired, options)}`,
      '',
      lines,
      '',
      `  ${toldText(paired, options)}`,
    ].join('\n'),
  );
  if (!options.dryRun) out.suggest(await nextAfterPairing(context));
  return exitCodeFor([paired]);
}

function titleOf(context: Context, { session, created }: Paired, { dryRun }: PairOptions): string {
  if (dryRun && created) return 'Would pair';
  return `${created ? 'Paired' : 'Already paired'} · ${sessionTitle(session, context.now())}`;
}

function toldText({ notified, session }: Paired, { sms, dryRun }: PairOptions): string {
  if (dryRun) return 'Nothing was saved and nobody was told.';
  const sides = Object.values(notified);
  if (sides.every((one) => one === 'sent')) return 'Both were told by SMS.';
  if (sides.includes('failed'))
    return `Not everybody was told. Try again: voxproxy sessions notify ${session.id}`;
  if (notified.a === 'sent') return 'a was told by SMS.';
  if (notified.b === 'sent') return 'b was told by SMS.';
  if (!sms) return 'Nobody was told by SMS.';
  const callers = SIDES.filter((side) => mayCall(session, side));
  return callers.length === 1 ? `${callers[0]} had been told before.` : 'Both had been told before.';
}

function showAll(
  context: Context,
  lines: readonly { line: number; result: Paired | VoxproxyError }[],
  options: PairOptions,
): number {
  const { out } = context;
  const failures = lines.filter(({ result }) => result instanceof VoxproxyError);
  for (const { line, result } of lines) {
    if (!(result instanceof VoxproxyError)) {
      out.answer(
        documentOf(context, result, options.dryRun),
        () => `${out.style.green('✔')} line ${line}: ${titleOf(context, result, options)}`,
      );
      continue;
    }
    const error = reportOf(result);
    if (out.json) out.answer({ line, error }, () => '');
    else out.fail({ ...error, message: `line ${line}: ${error.message}` });
  }
  const paired = lines
    .map(({ result }) => result)
    .filter((one): one is Paired => !(one instanceof VoxproxyError));
  if (!out.json)
    out.say(`${paired.length} of ${lines.length} lines ${options.dryRun ? 'would be ' : ''}paired.`);
  if (paired.length > 0 && !options.dryRun) out.suggest('voxproxy sessions list --status open');
  const [first] = failures;
  return first !== undefined && first.result instanceof VoxproxyError
    ? exitCodeOf(first.result.code)
    : exitCodeFor(paired);
}

function exitCodeFor(paired: readonly Paired[]): number {
  return paired.some(({ notified }) => Object.values(notified).includes('failed')) ? EXIT_NOT_TOLD : 0;
}

function documentOf({ now, globals }: Context, { session, created, notified }: Paired, dryRun: boolean) {
  const shown = sessionDocument(session, { now: now(), reveal: globals.reveal });
  if (!dryRun) return { session: shown, created, notified };
  return { session: created ? { ...shown, id: null } : shown, created: false, notified, dryRun };
}
