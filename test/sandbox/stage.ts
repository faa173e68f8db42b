import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { startAnswerer } from './answerer.js';
import { controlOf } from './control.js';

export const NUMBER = '442079460001';
export const OTHER = '442079460002';
export const CALLER = '447400123456';
export const CALLEE = '447400654321';

export type Stage = {
  sandbox: Sandbox;
  answerer: Awaited<ReturnType<typeof startAnswerer>>;
  control: ReturnType<typeof controlOf>;
  answerWith(...ncco: unknown[]): void;
};

/** A sandbox with two numbers for all tests of a file, and an application that forgets between them. */
export function setStage(): Stage {
  const stage = {
    answerWith: (...ncco) => stage.answerer.on('/answer', { body: ncco }),
  } as Stage;
  beforeAll(async () => {
    stage.sandbox = await startSandbox({ port: 0 });
    stage.answerer = await startAnswerer(stage.sandbox.env.VONAGE_SIGNATURE_SECRET);
    stage.control = controlOf(stage.sandbox);
    await stage.control.rent('GB', NUMBER);
    await stage.control.rent('GB', OTHER);
  });
  afterAll(async () => {
    await stage.sandbox.close();
    await stage.answerer.close();
  });
  beforeEach(async () => {
    stage.answerer.reset();
    await stage.control.clearFaults();
    await stage.control.pointAt(stage.answerer.url);
  });
  return stage;
}

export const talk = (text: string) => ({ action: 'talk', text });

export const connectTo = (number: string, more: object = {}) => ({
  action: 'connect',
  from: OTHER,
  endpoint: [{ type: 'phone', number }],
  ...more,
});

export const statuses = (events: Record<string, unknown>[]) =>
  events.map((event) => `${event.direction} ${event.status}`);
