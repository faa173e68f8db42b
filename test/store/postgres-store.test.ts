import { FieldCipher } from '../../src/store/field-cipher.js';
import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import { storeContract } from '../contract/store-contract.js';
import { emptySchema } from '../support/postgres.js';

const KEY = Buffer.alloc(32, 7);

for (const [name, key] of [
  ['the PostgreSQL store', null],
  ['the encrypted PostgreSQL store', KEY],
] as const) {
  storeContract(name, async () => {
    const schema = await emptySchema();
    const stores: PostgresStore[] = [];
    const open = () => {
      const address = { ...readAddress(schema.url), pool: 2 };
      const store = new PostgresStore(address, key && new FieldCipher(key, false), 'caller');
      stores.push(store);
      return store;
    };
    return {
      store: open(),
      reopen: async () => open(),
      close: async () => {
        await Promise.all(stores.map((store) => store.end()));
        await schema.drop();
      },
    };
  });
}
