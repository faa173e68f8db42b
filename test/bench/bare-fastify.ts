import { readFileSync } from 'node:fs';
import Fastify from 'fastify';

/** The least that Fastify can do with a call: the same instructions for everybody. Its argument is a file with them. */
const ncco = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const app = Fastify();
app.get('/proxy-call', async () => ncco);
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ url })}\n`);
