/** Builds what bin/voxproxy.js runs: chunks in CommonJS, because Node starts those sooner than modules. */
export default {
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
};

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
