import { expect } from 'vitest';

/** By test file: files may share this module, and one's person can be another's virtual number. */
const peopleOf = new Map<string, Set<string>>();

function people(): Set<string> {
  const file = expect.getState().testPath ?? '';
  const known = peopleOf.get(file) ?? new Set();
  peopleOf.set(file, known);
  return known;
}

/** A real number for tests, E.164; none of its digits may show up in any output but the last four. */
export function person(n: number): string {
  return known(`+447400${digits(n)}`);
}

/** A real number in another country, the Republic of Ireland unless told otherwise. */
export function foreigner(n: number, prefix = '+35387'): string {
  return known(`${prefix}${digits(n).padStart(7, '3')}`);
}

/** Watches another number as a real one from now on. */
export function known(number: string): string {
  people().add(number);
  return number;
}

/** Six digits that look like nothing else, never ending in 0000. */
function digits(n: number): string {
  return String(738_195 + n * 1_009).slice(-6);
}

/** The beginnings of redacted numbers hide at least this many digits before the last four. */
const TAIL = 7;

export type Output = { stdout: string; stderr: string };

/** Fails when an output holds a secret of the environment or, unless `revealed`, a real number in any form. */
export function expectNothingPrivate(
  { stdout, stderr }: Output,
  env: Readonly<Record<string, string | undefined>>,
  revealed = false,
): void {
  const said = `${stdout}\n${stderr}`;
  const { VONAGE_API_KEY: key, VONAGE_API_SECRET: secret, VONAGE_SIGNATURE_SECRET: signature } = env;
  const secrets = [
    secret,
    signature,
    Buffer.from(`${key}:${secret}`).toString('base64'),
    ...(env.VONAGE_PRIVATE_KEY ?? '').split('\n').filter((line) => line.length > 40),
  ];
  for (const one of secrets) if (one && said.includes(one)) expect.fail(`A secret was shown:\n${said}`);
  expect(said).not.toMatch(/authorization|\b(Basic|Bearer) [\w+/=.-]{8,}/i);
  if (revealed) return;
  const bare = said.replace(/(?<=\d)[\s().,-]+(?=\d)/g, '');
  for (const number of people())
    if (bare.includes(number.slice(-TAIL))) expect.fail(`A real number was shown:\n${said}`);
}
