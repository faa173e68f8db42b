import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Pair } from './homes.js';

/**
 * What the tutorials on number masking build, in our own words: Express, its body parsers, an array of
 * conversations that is searched from its beginning at every call, and nobody asked who they are. Its
 * argument is a file with the conversations.
 */
const conversations: Pair[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const app = express();
app.use(express.json());
app.use(express.urlencoded({ extended: true }));
app.get('/proxy-call', (request, response) => {
  const { from, to } = request.query;
  const isFromA = ({ a, b }: Pair) => a.realNumber === from && b.virtualNumber === to;
  const isFromB = ({ a, b }: Pair) => b.realNumber === from && a.virtualNumber === to;
  const conversation = conversations.find((one) => isFromA(one) || isFromB(one));
  if (conversation === undefined) throw new Error('No conversation found');
  const { a, b } = conversation;
  const [caller, callee] = isFromA(conversation) ? [a, b] : [b, a];
  response.json([
    { action: 'talk', text: 'Please wait whilst we connect you' },
    {
      action: 'connect',
      from: caller.virtualNumber,
      endpoint: [{ type: 'phone', number: callee.realNumber }],
    },
  ]);
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
