/** What a field has to be, in words and as a test. */
export type Rule = { must: string; ok: (value: unknown) => boolean; required?: true };
export type Rules = Record<string, Rule>;
export type Fields = Record<string, unknown>;

export const rule = (must: string, ok: (value: unknown) => boolean): Rule => ({ must, ok });
export const required = (optional: Rule): Rule => ({ ...optional, required: true });

export const boolean = rule('be a boolean', (v) => typeof v === 'boolean');
export const text = rule('be a string', (v) => typeof v === 'string');
export const object = rule('be an object', isFields);
export const webAddress = rule('be an http or https URL', (v) => isAddress(v, /^https?:$/));
export const webAddresses = rule(
  'be an array of one http or https URL',
  (v) => Array.isArray(v) && v.length === 1 && isAddress(v[0], /^https?:$/),
);

export const oneOf = (...values: string[]) =>
  rule(`be one of: ${values.join(', ')}`, (v) => values.includes(v as string));
export const matching = (pattern: RegExp, must: string) =>
  rule(must, (v) => typeof v === 'string' && pattern.test(v));
export const number = (min: number, max: number) =>
  rule(`be between ${min} and ${max}`, (v) => isWithin(v, min, max));
export const whole = (min: number, max: number) =>
  rule(`be a whole number between ${min} and ${max}`, (v) => Number.isInteger(v) && isWithin(v, min, max));

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

export function isAddress(value: unknown, protocols: RegExp): boolean {
  return typeof value === 'string' && URL.canParse(value) && protocols.test(new URL(value).protocol);
}

/** The first complaint about the fields that have rules. */
export function invalidField(fields: Fields, rules: Rules, path = ''): string | undefined {
  for (const [name, { ok, must, required }] of Object.entries(rules)) {
    const value = fields[name];
    if (value === undefined ? required : !ok(value)) return `"${path}${name}" must ${must}`;
  }
  return undefined;
}

/** The first field without a rule: on the control routes a typing error should not pass for a wish. */
export function unknownField(fields: Fields, rules: Rules): string | undefined {
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(rules, name));
  return unknown && `"${unknown}" is not known; known are ${Object.keys(rules).join(', ')}`;
}
