import type { FastifyRequest } from 'fastify';

/** The body as a JSON object; undefined when it is anything else. */
export function jsonObject(request: { body: unknown }): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(String(request.body ?? ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The Numbers API reads forms, and JSON when the content type says so. */
export function formFields(request: FastifyRequest): Record<string, string> {
  if (request.headers['content-type']?.includes('json')) {
    const fields = Object.entries(jsonObject(request) ?? {}).filter(([, value]) => value != null);
    return Object.fromEntries(fields.map(([name, value]) => [name, String(value)]));
  }
  return Object.fromEntries(new URLSearchParams(String(request.body ?? '')));
}
