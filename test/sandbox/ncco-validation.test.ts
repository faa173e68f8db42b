import { describe, expect, test } from 'vitest';
import { validateNcco } from '../../src/sandbox/ncco-validation.js';

const phone = { type: 'phone', number: '447400123456' };
const connect = (more: object = {}) => ({ action: 'connect', endpoint: [phone], ...more });
const talk = (more: object = {}) => ({ action: 'talk', text: 'Hello.', ...more });

describe('Vonage accepts', () => {
  test.each([
    [[talk()]],
    [[talk({ language: 'en-GB-WLS', style: 2, premium: true, loop: 0, level: -0.5 })]],
    [[talk({ text: `<speak>${'a'.repeat(1500)}</speak>` })]],
    [[talk({ somethingNew: true })]],
    [[connect()]],
    [
      [
        connect({
          from: '442079460000',
          timeout: 30,
          limit: 7200,
          eventType: 'synchronous',
          eventUrl: ['https://example.com/e'],
        }),
      ],
    ],
    [[connect({ randomFromNumber: true, machineDetection: 'hangup' })]],
    [[connect({ endpoint: [{ ...phone, dtmfAnswer: '1p#', onAnswer: { url: 'https://example.com/w' } }] })]],
    [[connect({ endpoint: [{ type: 'sip', uri: 'sip:jane@example.com' }] })]],
    [[connect({ endpoint: [{ type: 'app', user: 'jane' }] })]],
    [[{ action: 'input', type: ['dtmf'], dtmf: { maxDigits: 1, timeOut: 10 } }]],
    [
      [
        { action: 'record', format: 'ogg', endOnKey: '#' },
        { action: 'wait', timeout: 0.1 },
      ],
    ],
    [
      [
        { action: 'stream', streamUrl: ['https://example.com/a.mp3'] },
        { action: 'conversation', name: 'room' },
      ],
    ],
    [[{ action: 'notify', payload: {}, eventUrl: ['https://example.com/n'] }]],
    [[{ action: 'stream', streamUrl: ['https://example.com/a.mp3'], loop: 0, level: 1 }]],
    [
      [
        talk({ bargeIn: true }),
        talk(),
        { action: 'input', type: ['dtmf'], dtmf: { timeOut: 0, submitOnHash: true } },
      ],
    ],
    [
      [
        connect({
          advancedMachineDetection: { behavior: 'continue', mode: 'detect_beep', beep_timeout: 45 },
        }),
      ],
    ],
    [[{ action: 'record', split: 'conversation', channels: 2 }]],
    [[{ action: 'transfer', conversationId: 'CON-1', mute: true }]],
  ])('%j', (ncco) => {
    expect(validateNcco(ncco)).toEqual({ ncco });
  });
});

describe('Vonage refuses', () => {
  test.each([
    [{}, 'an NCCO is an array'],
    [[], 'an NCCO is an array'],
    [['talk'], 'action 1: must be an object'],
    [[talk(), { action: 'hangup' }], 'action 2: "action" must be one of: talk'],
    [[{ action: 'constructor' }], '"action" must be one of'],
    [[{ action: 'talk' }], '"text" must'],
    [[talk({ text: 'a'.repeat(1501) })], '"text" must'],
    [[talk({ text: '<speak>Hello' })], '"text" must'],
    [[talk({ style: '2' })], '"style" must'],
    [[talk({ style: 1.5 })], '"style" must'],
    [[talk({ style: -1 })], '"style" must'],
    [[talk({ loop: '0' })], '"loop" must'],
    [[talk({ loop: -1 })], '"loop" must'],
    [[talk({ bargeIn: true })], 'action 1: "bargeIn" needs an input'],
    [[talk({ bargeIn: true }), connect()], 'action 1: "bargeIn" needs an input'],
    [[talk({ language: 'klingon' })], '"language" must'],
    [[talk({ level: 2 })], '"level" must'],
    [[connect({ endpoint: [] })], '"endpoint" must'],
    [[connect({ endpoint: [phone, phone] })], '"endpoint" must'],
    [[connect({ endpoint: phone })], '"endpoint" must'],
    [[connect({ endpoint: [{ type: 'pigeon' }] })], '"endpoint.type" must'],
    [[connect({ endpoint: [{ type: 'phone', number: '+447400123456' }] })], '"endpoint.number" must'],
    [[connect({ endpoint: [{ type: 'phone', number: '123456' }] })], '"endpoint.number" must'],
    [[connect({ endpoint: [{ ...phone, onAnswer: {} }] })], '"endpoint.onAnswer" must'],
    [[connect({ from: '+442079460000' })], '"from" must'],
    [[connect({ from: '442079460000', randomFromNumber: true })], 'exclude each other'],
    [[connect({ endpoint: [{ ...phone, onAnswer: 'https://example.com/w' }] })], '"endpoint.onAnswer" must'],
    [
      [connect({ endpoint: [{ ...phone, onAnswer: { url: 'https://a.example/', ringbackTone: 'x' } }] })],
      '"endpoint.onAnswer" must',
    ],
    [[connect({ advancedMachineDetection: { beep_timeout: 29 } })], '"advancedMachineDetection" must'],
    [[connect({ timeout: 2 })], '"timeout" must'],
    [[connect({ timeout: 1.5 })], '"timeout" must'],
    [[connect({ limit: 7201 })], '"limit" must'],
    [[connect({ limit: null })], '"limit" must'],
    [[connect({ eventType: 'asynchronous' })], '"eventType" must'],
    [[connect({ eventUrl: 'https://example.com/' })], '"eventUrl" must'],
    [[connect({ eventUrl: ['example.com'] })], '"eventUrl" must'],
    [[connect({ eventMethod: 'PUT' })], '"eventMethod" must'],
    [[connect({ machineDetection: 'guess' })], '"machineDetection" must'],
    [[{ action: 'input' }], '"type" must'],
    [[{ action: 'input', type: ['dtmf'], dtmf: { maxDigits: 21 } }], '"dtmf" must'],
    [[{ action: 'input', type: ['dtmf'], dtmf: { maxDigits: 1.5 } }], '"dtmf" must'],
    [[{ action: 'input', type: ['dtmf'], dtmf: { timeOut: '5' } }], '"dtmf" must'],
    [[{ action: 'input', type: ['dtmf'], dtmf: { timeOut: 11 } }], '"dtmf" must'],
    [[{ action: 'input', type: 'dtmf' }], '"type" must'],
    [[{ action: 'stream', streamUrl: [] }], '"streamUrl" must'],
    [[{ action: 'record', channels: 2 }], '"channels" needs "split"'],
    [[{ action: 'transfer' }], '"conversationId" must'],
    [[{ action: 'stream', streamUrl: 'https://example.com/a.mp3' }], '"streamUrl" must'],
    [[{ action: 'notify', payload: {} }], '"eventUrl" must'],
    [[{ action: 'record', endOnSilence: 2 }], '"endOnSilence" must'],
    [[{ action: 'wait', timeout: 0 }], '"timeout" must'],
    [[{ action: 'conversation' }], '"name" must'],
  ])('%j', (ncco, invalid) => {
    expect(validateNcco(ncco)).toEqual({ invalid: expect.stringContaining(invalid) });
  });
});
