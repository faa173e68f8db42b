import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from './account.js';
import { hasAccountCredentials } from './authorization.js';
import { COUNTRIES_NEEDING_AN_ADDRESS, numbersOf } from './number-catalogue.js';
import { pageOf, readFilter } from './number-filter.js';
import { sendNumberError, sendNumberSuccess } from './number-reply.js';
import type { NumberSettings, OwnedNumber } from './owned-number.js';
import { formFields } from './request-body.js';

const SETTINGS = [
  'app_id',
  'moHttpUrl',
  'moSmppSysType',
  'voiceCallbackType',
  'voiceCallbackValue',
  'voiceStatusCallback',
  'messagesCallbackType',
  'messagesCallbackValue',
] as const;

type Query = Record<string, string | undefined>;
type Form = Record<string, string>;

/** Numbers API: what Vonage sells, and what the account rents. */
export function numberRoutes(app: FastifyInstance, account: Account): void {
  app.register(async (routes) => {
    routes.addHook('preHandler', async (request, reply) => {
      if (!hasAccountCredentials(account, request)) return sendNumberError(reply, 401);
    });
    routes.get('/number/search', async (request, reply) => search(account, request.query as Query, reply));
    routes.get('/account/numbers', async (request, reply) => listOwn(account, request.query as Query, reply));
    routes.post('/number/buy', async (request, reply) =>
      onNumber(request, reply, (form) => buy(account, form, reply)),
    );
    routes.post('/number/cancel', async (request, reply) =>
      onNumber(request, reply, (form) => cancel(account, form, reply)),
    );
    routes.post('/number/update', async (request, reply) =>
      onNumber(request, reply, (form) => update(account, form, reply)),
    );
  });
}

function search(account: Account, query: Query, reply: FastifyReply) {
  const filter = readFilter(query, { countryRequired: true });
  if ('invalid' in filter) return reply.code(400).send(filter.invalid);
  const forSale = numbersOf(filter.country ?? '').filter(({ msisdn }) => !account.numbers.has(msisdn));
  const found = pageOf(forSale, filter);
  // Both shapes of "nothing" are out there: the live search has left everything out, a list of one's own has
  // said zero. Each is kept in its place, so that whoever reads them has met both.
  return reply.send(found.count === 0 ? {} : found);
}

function listOwn(account: Account, query: Query, reply: FastifyReply) {
  const filter = readFilter(query, { countryRequired: false });
  if ('invalid' in filter) return reply.code(400).send(filter.invalid);
  const { application_id, has_application } = query;
  const own = [...account.numbers.values()].filter(
    ({ app_id }) =>
      (application_id === undefined || app_id === application_id) &&
      (has_application === undefined || (app_id !== undefined) === (has_application === 'true')),
  );
  return reply.send(pageOf(own, filter));
}

function buy(account: Account, { country, msisdn }: Form, reply: FastifyReply) {
  const number = numbersOf(country ?? '').find((candidate) => candidate.msisdn === msisdn);
  if (number === undefined || account.numbers.has(number.msisdn)) return sendNumberError(reply, 420);
  if (COUNTRIES_NEEDING_AN_ADDRESS.has(number.country)) return sendNumberError(reply, 420, 'address');
  const price = Number(number.cost) + Number(number.initialPrice);
  if (price > account.balance) return sendNumberError(reply, 420);
  account.balance = Math.round((account.balance - price) * 1e8) / 1e8;
  const { type, features } = number;
  account.numbers.set(number.msisdn, { country: number.country, msisdn: number.msisdn, type, features });
  return sendNumberSuccess(reply);
}

function cancel(account: Account, form: Form, reply: FastifyReply) {
  const number = owned(account, form);
  if (number === undefined) return sendNumberError(reply, 420);
  account.numbers.delete(number.msisdn);
  return sendNumberSuccess(reply);
}

/** An update says everything about a number: a setting that is left out, or empty, is gone afterwards. */
function update(account: Account, form: Form, reply: FastifyReply) {
  const number = owned(account, form);
  if (number === undefined) return sendNumberError(reply, 420);
  const settings: NumberSettings = {};
  for (const name of SETTINGS) if (form[name]) settings[name] = form[name];
  const invalid = invalidSettings(settings);
  if (invalid !== undefined) return reply.code(400).send(invalid);
  // "app" is the older way to say app_id.
  if (settings.voiceCallbackType === 'app') settings.app_id ??= settings.voiceCallbackValue ?? '';
  if (settings.app_id !== undefined && !account.applications.has(settings.app_id))
    return sendNumberError(reply, 420);
  const { country, msisdn, type, features } = number;
  account.numbers.set(msisdn, { country, msisdn, type, features, ...settings });
  return sendNumberSuccess(reply);
}

function invalidSettings({ voiceCallbackType, voiceCallbackValue }: NumberSettings): Form | undefined {
  if (voiceCallbackType === undefined) return undefined;
  if (!['sip', 'tel', 'app'].includes(voiceCallbackType))
    return { voiceCallbackType: 'Must be one of: sip, tel, app.' };
  return voiceCallbackValue === undefined ? { voiceCallbackValue: 'Is required.' } : undefined;
}

function owned(account: Account, { country, msisdn }: Form): OwnedNumber | undefined {
  const number = account.numbers.get(msisdn ?? '');
  return number?.country === country ? number : undefined;
}

function onNumber(request: FastifyRequest, reply: FastifyReply, act: (form: Form) => FastifyReply) {
  const form = formFields(request);
  const missing = ['country', 'msisdn'].filter((name) => !form[name]);
  if (missing.length === 0) return act({ ...form, country: String(form.country).toUpperCase() });
  return reply.code(400).send(Object.fromEntries(missing.map((name) => [name, 'Is required.'])));
}
