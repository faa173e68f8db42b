import { createHash, createHmac, randomUUID } from 'node:crypto';

/** Whose webhook it is, as Vonage knows them. */
export type Signer = { apiKey: string; applicationId: string; signatureSecret: string };

/** A webhook signed as Vonage signs it, for rehearsals: what to send to the URL of the webhook. */
export function signedWebhook(
  { apiKey, applicationId, signatureSecret }: Signer,
  fields: Readonly<Record<string, unknown>>,
  now: number,
): { method: 'POST'; headers: Record<string, string>; body: string } {
  const body = JSON.stringify(fields);
  const claims = {
    iat: Math.floor(now / 1000),
    jti: randomUUID(),
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(body).digest('hex'),
    api_key: apiKey,
    application_id: applicationId,
  };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createHmac('sha256', signatureSecret).update(signed).digest('base64url');
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${signed}.${signature}`, 'content-type': 'application/json' },
    body,
  };
}
