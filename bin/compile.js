const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const vm = require('node:vm');
const { COMPILED, compiledOf } = require('../dist/compiled.cjs');

/** What people type most; what these run is what is kept compiled. */
const COMMANDS = [
  ['numbers', 'search', 'GB'],
  ['numbers', 'provision', 'GB', '--yes'],
  ['numbers', 'list'],
  ['pair', '+447400123456', '+447400123457', '--no-sms'],
  ['pair', '+447400123456', '+447400123458', '--no-sms', '--name', 'ride'],
  ['explain', '+447400123456', '+442079460000'],
  ['sessions', 'list'],
  ['sessions', 'show', 'ride'],
  ['sessions', 'close', 'ride'],
  ['calls'],
];
const SERVE = ['serve', '--port', '0', '--json'];
const PROGRAM = join(__dirname, 'voxproxy.js');

/** Runs the commands one after the other on a sandbox: each begins with what was compiled for those before it. */
async function compile() {
  mkdirSync(COMPILED, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'voxproxy-build-'));
  const place = { cwd: home, env: { PATH: process.env.PATH, HOME: home } };
  const sandbox = start([PROGRAM, 'sandbox', '--port', '0', '--json'], place);
  try {
    Object.assign(place.env, JSON.parse(await firstLine(sandbox)).env);
    for (const argv of COMMANDS) await ended(start(['-r', __filename, PROGRAM, ...argv], place));
    const serve = start(['-r', __filename, PROGRAM, ...SERVE], place);
    await firstLine(serve);
    serve.kill();
    await ended(serve);
  } finally {
    sandbox.kill();
    rmSync(home, { recursive: true, force: true });
  }
}

function start(argv, place) {
  return spawn(process.execPath, argv, { ...place, stdio: ['ignore', 'pipe', 'ignore'] });
}

async function firstLine(server) {
  const [said] = await Promise.race([once(server.stdout, 'data'), once(server, 'close')]);
  if (!Buffer.isBuffer(said)) throw new Error(`${shown(server)} ended before it listened.`);
  return String(said);
}

async function ended(command) {
  command.stdout.resume();
  const [code] = await once(command, 'close');
  if (code !== 0) throw new Error(`${shown(command)} ended with ${code}.`);
}

function shown({ spawnargs }) {
  return spawnargs.slice(1).join(' ');
}

/** In the process of a command: keeps whatever it loads, in the form that V8 has of it when the command ends. */
function remember() {
  const scripts = new Map();
  vm.Script = class extends vm.Script {
    constructor(source, options) {
      super(source, options);
      scripts.set(options.filename, this);
    }
  };
  process.on('exit', () => {
    for (const [filename, script] of scripts) writeFileSync(compiledOf(filename), script.createCachedData());
  });
}

if (require.main === module)
  compile().catch((error) => {
    process.stderr.write(
      `Nothing was compiled ahead, so commands will start more slowly: ${error.message}\n`,
    );
  });
else remember();
