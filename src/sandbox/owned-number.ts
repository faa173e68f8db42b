import type { NumberForSale } from './number-catalogue.js';

/** What /number/update sets. Everything that an update leaves out is reset. */
export type NumberSettings = {
  app_id?: string;
  moHttpUrl?: string;
  moSmppSysType?: string;
  voiceCallbackType?: string;
  voiceCallbackValue?: string;
  voiceStatusCallback?: string;
  messagesCallbackType?: string;
  messagesCallbackValue?: string;
};

/** A virtual number that the account rents. */
export type OwnedNumber = Pick<NumberForSale, 'country' | 'msisdn' | 'type' | 'features'> & NumberSettings;
