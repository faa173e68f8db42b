import type { Leg } from './leg.js';
import type { Ncco } from './ncco.js';
import type { Waiting } from './waiting.js';

/** What the Voice API can do to a leg: end it, or give it other instructions. */
export type Order = 'hangup' | Ncco;

/** The legs in progress, and the orders that wait until their call comes to them. */
export type LegOrders = {
  begin(leg: Leg, applicationId: string): void;
  end(leg: Leg): void;
  isInProgress(uuid: string, applicationId: string): boolean;
  give(uuid: string, order: Order): void;
  isPending(leg: Leg): boolean;
  take(leg: Leg): Order | undefined;
  /** Waits for an order to one of the legs, in real time (ms); says whether one is there. */
  wait(legs: Leg[], atMost: number): Promise<boolean>;
};

export function createLegOrders(waiting: Waiting): LegOrders {
  const legs = new Map<string, { applicationId: string; order?: Order }>();
  const isPending = ({ uuid }: Leg) => legs.get(uuid)?.order !== undefined;

  return {
    begin: ({ uuid }, applicationId) => void legs.set(uuid, { applicationId }),
    end: ({ uuid }) => void legs.delete(uuid),
    isInProgress: (uuid, applicationId) => legs.get(uuid)?.applicationId === applicationId,
    give(uuid, order) {
      const leg = legs.get(uuid);
      if (leg === undefined || leg.order === 'hangup') return;
      leg.order = order;
      waiting.wake();
    },
    isPending,
    take({ uuid }) {
      const leg = legs.get(uuid);
      const order = leg?.order;
      // A hangup stands: nothing that comes later revives the leg.
      if (order !== 'hangup') delete leg?.order;
      return order;
    },
    wait: (awaited, atMost) => waiting.until(() => awaited.some(isPending), atMost),
  };
}
