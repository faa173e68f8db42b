import type { FastifyInstance, FastifyReply } from 'fastify';
import { readNumber } from './country.js';
import { bringText, parseInboundText } from './inbound-text.js';
import { dial } from './live-call.js';
import { hangUp } from './live-people.js';
import type { Operator } from './operator.js';
import { spelled } from './phone.js';
import type { Line, Phone } from './phones.js';
import { jsonObject } from './request-body.js';
import type { World } from './world.js';

type Fields = Record<string, unknown>;
/** Does something with a phone; says what is wrong when it cannot. */
type Deed = (phone: Phone, fields: Fields) => string | undefined;

/** What people do with the phones on the page: POST /sandbox/phones/<id>/<deed>. */
export function phoneRoutes(app: FastifyInstance, world: World, operator: Operator | undefined): void {
  const { phones, waiting, changed } = world;

  const inCall =
    (deed: (line: Line, fields: Fields) => string | undefined): Deed =>
    (phone, fields) =>
      phone.line === null || !phone.isBusy ? 'This phone is in no call.' : deed(phone.line, fields);
  const ringing = (answer: 'answered' | 'rejected') =>
    inCall((line) => {
      if (line.screen.stage !== 'ringing' || line.screen.way !== 'in') return 'This phone does not ring.';
      line.answer ??= answer;
      if (line.answer === 'rejected') hangUp(line, 'You declined');
      return undefined;
    });

  const deeds: Record<string, Deed> = {
    dial(phone, { to }) {
      const number = dialled(to);
      if (number === undefined)
        return 'That is no number: dial it with its country code, as in +44 20 7946 0000.';
      if (phone.isBusy) return 'This phone is in a call.';
      void dial(world, phone, number, operator).catch(() => {});
      return undefined;
    },
    answer: ringing('answered'),
    decline: ringing('rejected'),
    'hang-up': inCall((line) => {
      line.hungUp = true;
      hangUp(line, 'You hung up');
      return undefined;
    }),
    press: inCall((line, { key }) => {
      if (typeof key !== 'string' || !/^[\d*#]$/.test(key)) return 'That is no key.';
      line.keys += key;
      line.screen.pressed += key;
      return undefined;
    }),
    'put-away'(phone) {
      if (!phone.isBusy) phone.line = null;
      return undefined;
    },
    text(phone, { to, text }) {
      const number = dialled(to);
      if (number === undefined)
        return 'That is no number: write it with its country code, as in +44 20 7946 0000.';
      const read = parseInboundText({ from: phone.number, to: number, text });
      if ('error' in read) return 'A text has 1 to 1600 characters.';
      // What becomes of it stands in the diagram.
      send(phone, read).catch(() => {});
      return undefined;
    },
    withhold(phone, { withheld }) {
      phone.withheld = withheld === true;
      return undefined;
    },
    renumber(phone, { number }) {
      const read = dialled(number);
      if (read === undefined || readNumber(read)?.isPossible() !== true)
        return 'That is no number: it begins with + and the country code, as in +44 7700 900123.';
      if (phone.isBusy) return 'This phone is in a call.';
      const owner = phones.byNumber(read);
      if (owner !== undefined && owner !== phone) return 'The other phone has that number.';
      if (world.account.numbers.has(read)) return 'That is one of the virtual numbers.';
      if (owner !== phone) phones.renumber(phone, read);
      return undefined;
    },
  };

  async function send(phone: Phone, message: Parameters<typeof bringText>[1]): Promise<void> {
    const { to, text } = message;
    const sent = phone.write(to, text, Date.now());
    const trace = world.watch();
    trace.add({ from: phone.id, to: 'vonage', kind: 'text', what: `texts ${spelled(to)}: “${text}”` });
    changed();
    const { delivered } = await bringText(world, message, trace);
    if (delivered === null)
      trace.add({
        from: 'vonage',
        to: 'vonage',
        kind: 'note',
        what: 'Nobody takes texts at that number.',
        good: false,
      });
    sent(typeof delivered === 'number' && delivered < 300);
    changed();
  }

  app.post<{ Params: { id: string; deed: string } }>(
    '/sandbox/phones/:id/:deed',
    async (request, reply): Promise<FastifyReply> => {
      const phone = phones.byId(request.params.id);
      const deed = Object.hasOwn(deeds, request.params.deed) ? deeds[request.params.deed] : undefined;
      if (phone === undefined || deed === undefined)
        return reply.code(404).send({ error: 'There is no such phone, or nothing like that to do with it.' });
      const wrong = deed(phone, jsonObject(request) ?? {});
      if (wrong !== undefined) return reply.code(409).send({ error: wrong });
      waiting.wake();
      changed();
      return reply.code(204).send();
    },
  );
}

/** Digits, as they go over the wire; undefined for what nobody can dial. */
function dialled(typed: unknown): string | undefined {
  if (typeof typed !== 'string') return undefined;
  const digits = typed.replace(/[\s().-]/g, '').replace(/^(\+|00)/, '');
  return /^[1-9]\d{2,14}$/.test(digits) ? digits : undefined;
}
