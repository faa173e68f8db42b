export default { test: { globalSetup: 'test/support/postgres-global.ts' } };
