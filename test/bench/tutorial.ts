import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Pair, Phone } from './homes.js';

/*
 * What the tutorials on number masking build (Nexmo/node-voice-proxy is the one that all copy), in our own words:
 * Express, a parser of forms, an array of conversations that is searched from its beginning at every call, a line and
 * an entry for each call, and nobody asked who they are. Its argument is a file with the conversations. The two lines
 * that they write for each conversation they look at are left out, or 100,000 of them would take a second.
 */
type PhoneNumber = { msisdn: string; country: string };
type User = { realNumber: PhoneNumber; virtualNumber: PhoneNumber };
type Conversation = { userA: User; userB: User; callLogs: { from: string; to: string; created: Date }[] };

const user = ({ realNumber, virtualNumber }: Phone): User => ({
  realNumber: { msisdn: realNumber, country: 'GB' },
  virtualNumber: { msisdn: virtualNumber, country: 'GB' },
});
const pairs: Pair[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const conversations: Conversation[] = pairs.map(({ a, b }) => ({
  userA: user(a),
  userB: user(b),
  callLogs: [],
}));

const isLeg = (from: string, to: string, caller: User, callee: User) =>
  from === caller.realNumber.msisdn && to === callee.virtualNumber.msisdn;

function nccoFor(from: string, to: string) {
  process.stderr.write(`call from ${from} to ${to}\n`);
  for (const { userA, userB, callLogs } of conversations) {
    const isFromA = isLeg(from, to, userA, userB);
    if (!isFromA && !isLeg(from, to, userB, userA)) continue;
    callLogs.push({ from, to, created: new Date() });
    const [caller, callee] = isFromA ? [userA, userB] : [userB, userA];
    return [
      { action: 'talk', text: 'Please wait whilst we connect you' },
      {
        action: 'connect',
        from: caller.virtualNumber.msisdn,
        endpoint: [{ type: 'phone', number: callee.realNumber.msisdn }],
      },
    ];
  }
  throw new Error('No conversation found');
}

const app = express();
app.use(express.urlencoded({ extended: false }));
app.get('/proxy-call', (request, response) => {
  const { from, to } = request.query as { from: string; to: string };
  response.json(nccoFor(from, to));
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
