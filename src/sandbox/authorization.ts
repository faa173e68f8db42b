import type { FastifyRequest } from 'fastify';
import type { Account } from './account.js';
import type { Application } from './application.js';
import { isSignedBy, readClaims, sameText } from './jwt.js';

/** HTTP Basic with the account's key and secret. */
export function hasAccountCredentials(account: Account, request: FastifyRequest): boolean {
  const [scheme, encoded] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return false;
  return sameText(Buffer.from(encoded, 'base64').toString(), `${account.apiKey}:${account.apiSecret}`);
}

/** The application whose Bearer token came with the request, if the token holds. */
export function callingApplication(account: Account, request: FastifyRequest): Application | undefined {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined) return undefined;
  const claims = readClaims(token);
  const application = account.applications.get(String(claims?.application_id));
  if (claims === undefined || application === undefined) return undefined;
  const now = Date.now() / 1000;
  const { iat, exp, jti } = claims;
  const current =
    typeof iat === 'number' && iat < now + 60 && typeof exp === 'number' && exp > now && exp <= iat + 86_400;
  const named = typeof jti === 'string' && jti !== '';
  return current && named && isSignedBy(token, application.keys.public_key) ? application : undefined;
}
