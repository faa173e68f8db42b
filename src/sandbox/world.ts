import type { Account } from './account.js';
import type { Faults } from './faults.js';
import type { LegOrders } from './leg-orders.js';
import type { Phones } from './phones.js';
import type { Trace } from './trace.js';
import type { Waiting } from './waiting.js';
import type { Webhooks } from './webhooks.js';

/** What happens in the sandbox happens to this account, through these webhooks, with these faults. */
export type World = {
  account: Account;
  faults: Faults;
  webhooks: Webhooks;
  orders: LegOrders;
  waiting: Waiting;
  phones: Phones;
  /** Begins to take down one more call or text. */
  watch(): Trace;
  /** A phone shows something else now, or its owner did something. */
  changed(): void;
};
