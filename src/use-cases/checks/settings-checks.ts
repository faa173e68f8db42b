import { type Check, failed, ok, warning } from './check.js';

export type SettingsFacts = {
  /** What is wrong with settings that cannot be read. */
  unreadable: readonly string[];
  apiKey: string | undefined;
  apiSecret: string | undefined;
  applicationId: string | undefined;
  signatureSecret: string | undefined;
  lookup: string | undefined;
  /** Whether Number Insight has ended. */
  numberInsightEnded: boolean;
};

const NEEDED = {
  apiKey: 'VONAGE_API_KEY',
  apiSecret: 'VONAGE_API_SECRET',
  applicationId: 'VONAGE_APPLICATION_ID',
  signatureSecret: 'VONAGE_SIGNATURE_SECRET',
} as const;
type Needed = keyof typeof NEEDED;

/** Shorter ones than Vonage hands out; somebody copied a part. */
const SHORTEST_SECRET = 16;

export function settingsChecks(facts: SettingsFacts): Check[] {
  return [settingsCheck(facts), ...secretCheck(facts), ...lookupCheck(facts)];
}

function settingsCheck(facts: SettingsFacts): Check {
  if (facts.unreadable.length > 0)
    return failed(
      'settings',
      facts.unreadable.join(' '),
      'Correct what is named: voxproxy config list shows where each value comes from.',
      'setting',
    );
  const missing = (Object.keys(NEEDED) as Needed[]).filter((name) => facts[name] === undefined);
  if (missing.length === 0) return ok('settings', `${Object.keys(NEEDED).join(', ')} are set.`);
  const names = missing.map((name) => `${name} (${NEEDED[name]})`).join(', ');
  return failed('settings', `Not set: ${names}.`, wayTo(missing), 'setting');
}

function wayTo(missing: readonly Needed[]): string {
  if (missing.includes('apiKey') || missing.includes('apiSecret'))
    return 'voxproxy init sets everything up. To try without an account: voxproxy demo, or voxproxy sandbox';
  return missing.includes('applicationId')
    ? 'voxproxy app create --public-url https://…'
    : 'Find it in the Vonage dashboard under Settings, API settings. Then: voxproxy config set signatureSecret';
}

function secretCheck({ signatureSecret, apiSecret }: SettingsFacts): Check[] {
  const name = 'signature secret';
  if (signatureSecret === undefined) return [];
  const copy =
    'Copy "Signature secret" from the dashboard, Settings, API settings: voxproxy config set signatureSecret';
  if (signatureSecret === apiSecret)
    return [failed(name, 'It is the API secret, with which Vonage signs nothing.', copy, 'setting')];
  if (signatureSecret.length < SHORTEST_SECRET || /\s/.test(signatureSecret))
    return [warning(name, 'It looks like a part of one: too short, or with a space in it.', copy)];
  return [
    ok(
      name,
      'It has the right shape. Only a real call proves that it is Vonage\'s: where it is not, the log of the listener says "wrong signature".',
    ),
  ];
}

function lookupCheck({ lookup, numberInsightEnded }: SettingsFacts): Check[] {
  if (lookup !== 'number-insight') return [];
  const ends = numberInsightEnded ? 'ended' : 'ends';
  return [
    warning(
      'lookup',
      `The setting is number-insight, which ${ends} on 4 February 2027.`,
      'voxproxy config set lookup auto',
    ),
  ];
}
