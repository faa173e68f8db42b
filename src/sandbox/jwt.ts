import { createHmac, timingSafeEqual, verify } from 'node:crypto';

/** The claims of a token, unchecked. */
export type Claims = Record<string, unknown>;

/** HS256: how Vonage signs its webhooks. */
export function signToken(claims: Claims, secret: string): string {
  const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
}

/** Reads a token without believing it: the claims say whose key to check it with. */
export function readClaims(token: string): Claims | undefined {
  return decode(token.split('.')[1]);
}

/** RS256: how an application proves who it is. */
export function isSignedBy(token: string, publicKey: string): boolean {
  const [header, payload, signature, ...rest] = token.split('.');
  if (decode(header)?.alg !== 'RS256' || signature === undefined || rest.length > 0) return false;
  return verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
}

/** Compares secrets without telling by the time it takes. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string | undefined): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
