const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const vm = require('node:vm');

/** What people type most; what these run is what is kept compiled. */
const COMMANDS = [
  ['numbers', 'search', 'GB'],
  ['numbers', 'provision', 'GB', '--count', '1', '--yes'],
  ['numbers', 'list'],
  ['pair', '+447400123456', '+447400123457', '--no-sms', '--name', 'ride'],
  ['pair', '+447400123456', '+447400123457', '--no-sms'],
  ['explain', '+447400123456', '+442079460000'],
  ['sessions', 'list'],
  ['sessions', 'show', 'ride'],
  ['sessions', 'close', 'ride'],
  ['calls'],
];
const SERVE = ['serve', '--port', '0', '--json'];
const PROGRAM = join(__dirname, 'voxproxy.js');

const running = new Set();
let interrupted = false;

/** Runs the commands one after the other on a sandbox: each begins with what was compiled for those before it. */
async function compile() {
  mkdirSync(require('../dist/compiled.cjs').COMPILED, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'voxproxy-build-'));
  const place = { cwd: home, env: { PATH: process.env.PATH, HOME: home } };
  const sandbox = start([PROGRAM, 'sandbox', '--port', '0', '--json'], place);
  try {
    Object.assign(place.env, JSON.parse(await firstLine(sandbox)).env);
    const remembered = (argv) => start(['-r', __filename, PROGRAM, ...argv], place);
    for (const argv of COMMANDS) await ended(remembered(argv));
    const serve = remembered(SERVE);
    await firstLine(serve);
    serve.kill();
    await ended(serve);
  } finally {
    sandbox.kill();
    await ended(sandbox).catch(() => {});
    rmSync(home, { recursive: true, force: true });
  }
}

function start(argv, place) {
  if (interrupted) throw new Error('interrupted');
  const child = spawn(process.execPath, argv, { ...place, stdio: ['ignore', 'pipe', 'pipe'] });
  child.said = '';
  child.stderr.on('data', (text) => {
    child.said += text;
  });
  running.add(child);
  child.closed = once(child, 'close').finally(() => running.delete(child));
  return child;
}

async function firstLine(server) {
  const [said] = await Promise.race([once(server.stdout, 'data'), server.closed]);
  if (!Buffer.isBuffer(said)) throw failed(server);
  return String(said);
}

async function ended(command) {
  command.stdout.resume();
  const [code] = await command.closed;
  if (code !== 0) throw failed(command);
}

function failed({ spawnargs, said }) {
  const why = said.split('\n').find((line) => line.startsWith('✖')) ?? said;
  return new Error(`voxproxy ${spawnargs.slice(spawnargs.indexOf(PROGRAM) + 1).join(' ')} failed.\n  ${why}`);
}

/** In the process of a command: keeps whatever it loads, in the form that V8 has of it when the command ends. */
function remember() {
  const scripts = new Map();
  vm.Script = class extends vm.Script {
    constructor(source, options) {
      super(source, options);
      scripts.set(options.filename, { source, script: this });
    }
  };
  process.on('exit', () => {
    const { compiledOf, sealed } = require('../dist/compiled.cjs');
    for (const [filename, { source, script }] of scripts)
      writeFileSync(compiledOf(filename), sealed(script.createCachedData(), source, filename));
  });
}

if (require.main === module) {
  // The commands and their home are to go as well.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      interrupted = true;
      process.exitCode = 130;
      for (const child of running) child.kill();
    });
  compile().catch((error) => {
    if (interrupted) return;
    process.stderr.write(
      `Not everything was compiled ahead, so commands will start more slowly: ${error.message}\n`,
    );
  });
} else remember();
