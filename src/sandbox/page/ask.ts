import type { DeskOrder } from '../desk-order.js';

/** Asks the sandbox for something; resolves with what is wrong, or null. */
async function ask(method: 'POST' | 'DELETE', path: string, body?: object): Promise<string | null> {
  try {
    const response = await fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return null;
    const { error } = (await response.json()) as { error?: string };
    return error ?? `The sandbox answered ${response.status}.`;
  } catch {
    return 'The sandbox does not answer: it was stopped.';
  }
}

export const onPhone = (id: string, deed: string, fields: object = {}) =>
  ask('POST', `/sandbox/phones/${id}/${deed}`, fields);

export const atDesk = (order: DeskOrder) => ask('POST', '/sandbox/desk', order);

export const clearDiagram = () => ask('DELETE', '/sandbox/diagram');
