import { readFileSync } from 'node:fs';

export default [
  {
    // What bin/voxproxy.js runs: chunks in CommonJS, because Node starts those sooner than modules.
    input: ['src/main.ts', 'src/compiled.ts'],
    platform: 'node',
    logLevel: 'warn',
    plugins: [withStandIns(), withTablesAsJson()],
    output: {
      dir: 'dist',
      cleanDir: true,
      format: 'cjs',
      minify: true,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
      // Node takes a third of a millisecond for each file besides what is in it, and a command needed forty.
      codeSplitting: {
        groups: [
          group('start', /src[\\/](errors|help-words)\.ts$|(?<!node_modules.*)package\.json$/, 4),
          group('settings', /src[\\/](context|settings)\.ts$/, 3),
          group('store', /src[\\/]store[\\/]json-store\.ts$/, 2),
          group('phone', /src[\\/](cli[\\/]spaced-number|domain[\\/](typed-number|country))\.ts$/, 1),
          group('command-line', /src[\\/]command-line\.ts$/, 0),
        ],
      },
    },
  },
  {
    // The page that the sandbox serves.
    input: 'src/sandbox/page/page.ts',
    platform: 'browser',
    logLevel: 'warn',
    plugins: [copied('src/sandbox/page/', ['index.html', 'page.css'])],
    output: { dir: 'dist/page', format: 'esm', minify: true },
  },
];

/** These modules, and whatever they need that no group of higher priority has. */
function group(name, test, priority) {
  return { name, test, priority };
}

/** Modules that do nothing here but take time to load, and what each is in whose place. */
const STAND_INS = [
  // commander: for subcommands that are programs of their own, of which there are none.
  { id: /^(node:)?child_process$/, importer: /[\\/]commander[\\/]/, code: 'module.exports = {};' },
  // fetch-blob: streams of the web for a Node without them; asking for them makes Node load its own.
  { id: /^\.\/streams\.cjs$/, importer: /[\\/]fetch-blob[\\/]/, code: 'module.exports = {};' },
  // jsonwebtoken: whether Node has what it has had since 16.9.
  { id: /Supported$/, importer: /[\\/]jsonwebtoken[\\/]/, code: 'module.exports = true;' },
];

function withStandIns() {
  return {
    name: 'stand-ins',
    resolveId(id, importer = '') {
      const found = STAND_INS.findIndex((one) => one.id.test(id) && one.importer.test(importer));
      return found < 0 ? null : `\0stand-in-${found}.cjs`;
    },
    load: (id) => STAND_INS[/^\0stand-in-(\d+)/.exec(id)?.[1]]?.code,
  };
}

/** The tables of phone numbers: parsed as JSON they take a third of the time that they take as JavaScript. */
function withTablesAsJson() {
  return {
    name: 'tables-as-json',
    load: {
      filter: { id: /[\\/]libphonenumber-js[\\/]metadata\.\w+\.json\.js$/ },
      handler(id) {
        const json = readFileSync(id.replace(/\.js$/, ''), 'utf8');
        return `export default JSON.parse(${JSON.stringify(json)});`;
      },
    },
  };
}

function copied(directory, names) {
  return {
    name: 'copied',
    generateBundle() {
      for (const fileName of names)
        this.emitFile({ type: 'asset', fileName, source: readFileSync(directory + fileName, 'utf8') });
    },
  };
}
