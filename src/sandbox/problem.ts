import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';

export type InvalidParameter = { name: string; reason: string };

/** Vonage's error body for everything but the Numbers API. */
export type Problem = {
  type: string;
  title: string;
  detail: string;
  invalid_parameters?: InvalidParameter[];
};

const ERRORS = 'https://developer.vonage.com/api-errors';

export function sendProblem(reply: FastifyReply, status: number, problem: Problem): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...problem, instance: randomBytes(16).toString('hex') }));
}

export const PROBLEMS = {
  unauthorized: {
    type: `${ERRORS}#unauthorized`,
    title: 'Invalid credentials supplied',
    detail: 'You did not provide correct credentials.',
  },
  throttled: {
    type: `${ERRORS}#throttled`,
    title: 'Rate Limit Hit',
    detail: 'Please wait, then retry your request',
  },
  unreadable: {
    type: `${ERRORS}#bad-request`,
    title: 'Bad Request',
    detail: 'The request body could not be read as JSON.',
  },
  unprocessable: {
    type: `${ERRORS}#invalid-params`,
    title: 'Unprocessable Content',
    detail: 'The request failed due to validation errors',
  },
  serverError: {
    type: `${ERRORS}#server-error`,
    title: 'Internal Server Error',
    detail: 'The request could not be completed.',
  },
  noSuchPath: {
    type: `${ERRORS}#not-found`,
    title: 'Not Found',
    detail: 'The requested resource does not exist.',
  },
} satisfies Record<string, Problem>;

export function notFound(id: string): Problem {
  return {
    type: `${ERRORS}#not-found`,
    title: 'Not Found',
    detail: `ID '${id}' does not exist, or you do not have access`,
  };
}

export function invalidApplication(invalid_parameters: InvalidParameter[]): Problem {
  return { ...invalidRequest(invalid_parameters), type: `${ERRORS}/application#payload-validation` };
}

export function invalidRequest(invalid_parameters: InvalidParameter[]): Problem {
  return {
    type: `${ERRORS}#bad-request`,
    title: 'Bad Request',
    detail: 'The request failed due to validation errors',
    invalid_parameters,
  };
}

/**
 * Messages numbers its errors. Of a request: 1120 is the sender, 1170 the recipient, 1110 everything else.
 * Of a text on its way: 1210 is a carrier's filter, 1260 a phone that cannot be reached.
 */
export function messageProblem(
  code: 1110 | 1120 | 1170 | 1210 | 1260,
  title: string,
  detail: string,
): Problem {
  return { type: `${ERRORS}/messages#${code}`, title, detail };
}
