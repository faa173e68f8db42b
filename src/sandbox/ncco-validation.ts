import { type Fields, invalidField, isFields, type Rules } from './field-rules.js';
import type { Ncco } from './ncco.js';
import { ACTIONS, ENDPOINTS } from './ncco-rules.js';

const PLAYS = new Set<unknown>(['talk', 'stream']);

/** Refuses what Vonage would refuse, saying where. Fields that Vonage does not know it ignores, and so does this. */
export function validateNcco(value: unknown): { ncco: Ncco } | { invalid: string } {
  if (!Array.isArray(value) || value.length === 0)
    return { invalid: 'an NCCO is an array of at least one action' };
  for (const [index, action] of value.entries()) {
    const invalid = invalidAction(action);
    if (invalid !== undefined) return { invalid: `action ${index + 1}: ${invalid}` };
    if (!isListenedTo(value.slice(index))) {
      return { invalid: `action ${index + 1}: "bargeIn" needs an input to follow` };
    }
  }
  return { ncco: value as Ncco };
}

function invalidAction(action: unknown): string | undefined {
  if (!isFields(action)) return 'must be an object';
  const invalid = invalidVariant(action, 'action', ACTIONS);
  if (invalid !== undefined) return invalid;
  if (action.action === 'record' && action.channels !== undefined && action.split === undefined) {
    return '"channels" needs "split"';
  }
  if (action.action !== 'connect') return undefined;
  if (action.from !== undefined && action.randomFromNumber === true) {
    return '"from" and "randomFromNumber" exclude each other';
  }
  const [endpoint] = action.endpoint as [Fields];
  return invalidVariant(endpoint, 'type', ENDPOINTS, 'endpoint.');
}

/** Whoever may interrupt what is played has to be listened to right after it. */
function isListenedTo([first, ...after]: Fields[]): boolean {
  if (first?.bargeIn !== true || !PLAYS.has(first.action)) return true;
  return after.find((action) => !PLAYS.has(action?.action))?.action === 'input';
}

/** One field says which rules hold for the others. */
function invalidVariant(
  fields: Fields,
  kind: string,
  variants: Record<string, Rules>,
  path = '',
): string | undefined {
  const names = Object.keys(variants);
  const named = names.find((candidate) => candidate === fields[kind]);
  const rules = named && variants[named];
  return rules ? invalidField(fields, rules, path) : `"${path}${kind}" must be one of: ${names.join(', ')}`;
}
