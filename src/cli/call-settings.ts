import type { Voice } from '../domain/ncco.js';
import type { Policy } from '../domain/routing.js';
import type { Settings } from '../settings.js';

/** How people are spoken to, by the settings. */
export async function voiceOf(settings: Settings): Promise<Voice> {
  return {
    language: (await settings.get('language')) ?? null,
    overrides: (await settings.get('sentences')) ?? {},
    styles: (await settings.get('voices')) ?? {},
  };
}

/** What holds for every call, by the settings. */
export async function policyOf(settings: Settings): Promise<Policy> {
  return {
    maxDuration: (await settings.get('maxDuration')) ?? null,
    screen: (await settings.get('screen')) ?? false,
    detectMachines: (await settings.get('machineDetection')) ?? false,
    operatorNumber: (await settings.get('operatorNumber')) ?? null,
  };
}
