import type { HttpMethod } from './application.js';

/** Where an action reports to, and may be told how to go on. */
type Reporting = { eventUrl?: [string]; eventMethod?: HttpMethod };

export type PhoneEndpoint = { type: 'phone'; number: string; onAnswer?: { url: string } };
export type OtherEndpoint =
  | { type: 'sip' | 'websocket'; uri: string }
  | { type: 'app'; user: string }
  | { type: 'vbc'; extension: string };

/** What becomes of a call that a voicemail takes. */
export type MachineBehavior = 'continue' | 'hangup';

export type TalkAction = {
  action: 'talk';
  text: string;
  language?: string;
  loop?: number;
  bargeIn?: boolean;
};
export type StreamAction = { action: 'stream'; streamUrl: [string]; loop?: number; bargeIn?: boolean };
export type ConnectAction = Reporting & {
  action: 'connect';
  endpoint: [PhoneEndpoint | OtherEndpoint];
  from?: string;
  randomFromNumber?: boolean;
  eventType?: 'synchronous';
  timeout?: number;
  limit?: number;
  machineDetection?: MachineBehavior;
  advancedMachineDetection?: { behavior?: MachineBehavior };
};
export type InputAction = Reporting & {
  action: 'input';
  type: ('dtmf' | 'speech')[];
  dtmf?: { maxDigits?: number; submitOnHash?: boolean; timeOut?: number };
};
export type NotifyAction = Reporting & { action: 'notify'; payload: object; eventUrl: [string] };
export type WaitAction = { action: 'wait'; timeout?: number };
export type ConversationAction = { action: 'conversation'; name: string };
export type TransferAction = { action: 'transfer'; conversationId: string };
export type RecordAction = Reporting & { action: 'record' };

/** One instruction of a call. Fields that Vonage does not know are allowed, and ignored. */
export type Action =
  | TalkAction
  | StreamAction
  | ConnectAction
  | InputAction
  | NotifyAction
  | WaitAction
  | ConversationAction
  | TransferAction
  | RecordAction;

/** Instructions for a call, executed in order. */
export type Ncco = Action[];
