import type { Account } from './account.js';
import type { Faults } from './faults.js';
import type { LegOrders } from './leg-orders.js';
import type { Webhooks } from './webhooks.js';

/** What happens in the sandbox happens to this account, through these webhooks, with these faults. */
export type World = { account: Account; faults: Faults; webhooks: Webhooks; orders: LegOrders };
