import { readFileSync } from 'node:fs';

export default [
  {
    // What bin/voxproxy.js runs: chunks in CommonJS, because Node starts those sooner than modules.
    input: 'src/main.ts',
    platform: 'node',
    logLevel: 'warn',
    plugins: [withoutSubprograms()],
    output: {
      dir: 'dist',
      cleanDir: true,
      format: 'cjs',
      minify: true,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
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

/** commander loads node:child_process for subcommands that are programs, of which there are none; that takes a tenth of --help. */
function withoutSubprograms() {
  const NONE = '\0no-subprograms';
  return {
    name: 'without-subprograms',
    resolveId: (id, importer) =>
      /^(node:)?child_process$/.test(id) && /[\\/]node_modules[\\/]commander[\\/]/.test(importer ?? '')
        ? NONE
        : null,
    load: (id) => (id === NONE ? 'export default {};' : null),
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
