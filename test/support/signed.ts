import { createHash, createHmac } from 'node:crypto';

export type Signing = { secret: string; apiKey: string; applicationId: string };

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT as Vonage makes it; `claims` and `header` replace parts of it, `undefined` takes one out. */
export function webhookToken(
  { secret, apiKey, applicationId }: Signing,
  signedText: string | Buffer,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): string {
  const payload = {
    iat: Math.floor(Date.now() / 1000),
    jti: '5f9d3b9e-7f5a-4a1b-9a8c-0d4c1f7e2b3a',
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(signedText).digest('hex'),
    api_key: apiKey,
    application_id: applicationId,
    ...claims,
  };
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT', ...header })}.${base64url(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A signed POST of a webhook. */
export function signedPost(
  signing: Signing,
  body: string,
  claims: Record<string, unknown> = {},
): RequestInit {
  return {
    method: 'POST',
    headers: {
      authorization: `Bearer ${webhookToken(signing, body, claims)}`,
      'content-type': 'application/json',
    },
    body,
  };
}

/** A signed GET: the query to append and what to fetch it with. */
export function signedGet(
  signing: Signing,
  parameters: Record<string, string>,
  claims: Record<string, unknown> = {},
) {
  const token = webhookToken(signing, JSON.stringify(parameters), claims);
  return {
    query: `?${new URLSearchParams(parameters)}`,
    init: { headers: { authorization: `Bearer ${token}` } } satisfies RequestInit,
  };
}
