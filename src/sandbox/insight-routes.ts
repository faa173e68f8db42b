import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { PhoneNumber } from 'libphonenumber-js';
import type { Account } from './account.js';
import { callingApplication, hasAccountCredentials } from './authorization.js';
import { type Country, countryOf, readNumber } from './country.js';
import { sendNumberError } from './number-reply.js';
import { PROBLEMS, sendProblem } from './problem.js';
import { jsonObject } from './request-body.js';

type Insight = { number: PhoneNumber; country: Country };

/** Number Insight (basic) and Identity Insights, each saying what it knows about a number's format. */
export function insightRoutes(app: FastifyInstance, account: Account): void {
  app.get('/ni/basic/json', async (request, reply) => {
    if (!hasAccountCredentials(account, request)) return sendNumberError(reply, 401);
    const query = request.query as { number?: string; country?: string };
    const found = insight(query.number ?? '', query.country);
    return found
      ? basicInsight(found)
      : {
          status: 3,
          status_message: `Invalid request :: Not valid number format detected [ ${query.number ?? ''} ]`,
          request_id: randomUUID(),
        };
  });

  app.post('/identity-insights/v1/requests', async (request, reply) => {
    if (callingApplication(account, request) === undefined)
      return sendProblem(reply, 401, PROBLEMS.unauthorized);
    const { phone_number, insights } = jsonObject(request) ?? {};
    const invalid_parameters = [
      ...(typeof phone_number === 'string' ? [] : [{ name: 'phone_number', reason: 'must be a string' }]),
      ...(typeof insights === 'object' && insights !== null && Object.keys(insights).length > 0
        ? []
        : [{ name: 'insights', reason: 'must name at least one insight' }]),
    ];
    if (invalid_parameters.length > 0) {
      return sendProblem(reply, 422, { ...PROBLEMS.unprocessable, invalid_parameters });
    }
    const found = insight(String(phone_number));
    const names = Object.keys(insights as object);
    return {
      request_id: randomUUID(),
      insights: Object.fromEntries(
        names.map((name) => [name, name === 'format' ? formatInsight(found) : NO_COVERAGE]),
      ),
    };
  });
}

/** Everything but the format would need a carrier, and there is none here. */
const NO_COVERAGE = {
  status: { code: 'NO_COVERAGE', message: 'The insight is not available for this number' },
};

/** Any possible number is known, but for those that end in 0000: they stand for the ones that do not exist. */
function insight(typed: string, country?: string): Insight | undefined {
  const digits = typed.replace(/\D/g, '');
  const number = digits.endsWith('0000') ? undefined : readNumber(digits, country);
  const home = number?.isPossible() ? countryOf(number) : undefined;
  return number && home && { number, country: home };
}

function basicInsight({ number, country }: Insight) {
  return {
    status: 0,
    status_message: 'Success',
    request_id: randomUUID(),
    international_format_number: number.number.slice(1),
    national_format_number: number.formatNational(),
    country_code: country.code,
    country_code_iso3: country.iso3,
    country_name: country.name,
    country_prefix: number.countryCallingCode,
  };
}

function formatInsight(found: Insight | undefined) {
  if (found === undefined) {
    return {
      is_format_valid: false,
      status: { code: 'INVALID_NUMBER_FORMAT', message: 'The phone number format is invalid' },
    };
  }
  const { number, country } = found;
  return {
    country_code: country.code,
    country_name: country.name,
    country_prefix: number.countryCallingCode,
    offline_location: country.name,
    number_international: number.number,
    number_national: number.formatNational(),
    is_format_valid: true,
    status: { code: 'OK', message: 'Success' },
  };
}
