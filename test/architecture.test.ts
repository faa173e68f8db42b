import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

type Import = { from: string; to: string; dynamic: boolean };

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

const IMPORTS: Import[] = FILES.flatMap((from) => {
  const text = readFileSync(join(SRC, from), 'utf8');
  const found = (pattern: RegExp, dynamic: boolean) =>
    [...text.matchAll(pattern)].map(([, specifier = '']) => ({ from, to: target(from, specifier), dynamic }));
  return [
    // A type costs nothing at run time, and says nothing about who knows whom when the program runs.
    ...found(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm, false),
    ...found(/import\('([^']+)'\)/g, true),
  ];
});

function target(from: string, specifier: string): string {
  return specifier.startsWith('.')
    ? relative(SRC, resolve(SRC, dirname(from), specifier)).replace(/\.js$/, '.ts')
    : specifier;
}

function importsOf(room: string): Import[] {
  return IMPORTS.filter(({ from }) => from.startsWith(room));
}

/** The rooms, and what each may import besides itself. */
const ARROWS: Record<string, RegExp> = {
  'domain/': /^libphonenumber-js/,
  'use-cases/': /^(domain|use-cases|node:)|^errors\.ts$|^store\/private-file\.ts$|^vonage\/vonage\.ts$/,
  'store/': /^(domain\/|node:)|^(errors|keyed-hash)\.ts$|^(proper-lockfile|pg|pgpass)$/,
  'vonage/': /^(domain\/|node:|@vonage\/)|^(errors|keyed-hash)\.ts$/,
  'listener/': /^(domain|use-cases|vonage)\/|^node:|^fastify$/,
  'sandbox/': /^(node:|fastify$|libphonenumber-js|domain\/phone-number)|^lit-html/,
  'sandbox/page/': /^lit-html|^sandbox\/desk-order\.ts$/,
};

describe('the architecture', () => {
  it.each(Object.entries(ARROWS))('%s imports only what lies below it', (room, allowed) => {
    const wrong = importsOf(room).filter(({ to }) => !to.startsWith(room) && !allowed.test(to));
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('names the store and the SDK in one place, and loads them only there', () => {
    const adapters =
      /^(store\/(json-store|json-portable|file-call-log|postgres-store|postgres-call-log)|vonage\/sdk)\.ts$/;
    const outside = IMPORTS.filter(({ to }) => adapters.test(to));
    expect(new Set(outside.map(({ to }) => to)).size).toBe(6);
    for (const one of outside) expect(one).toMatchObject({ from: 'context.ts', dynamic: true });
  });

  it('declares flags without loading what they run', () => {
    const eager = importsOf('cli/commands/').filter(({ dynamic }) => !dynamic);
    expect(eager.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('leaves the process and its environment to main and context', () => {
    const reaching = FILES.filter((name) =>
      /\bprocess\.(env|exit|std)/.test(readFileSync(join(SRC, name), 'utf8')),
    );
    expect(reaching).toEqual(['main.ts']);
    for (const name of FILES)
      expect(readFileSync(join(SRC, name), 'utf8'), name).not.toMatch(/\bprocess\.exit\(/);
  });

  it('keeps the domain free of clocks and randomness', () => {
    for (const name of FILES.filter((file) => file.startsWith('domain/'))) {
      expect(readFileSync(join(SRC, name), 'utf8'), name).not.toMatch(
        /Date\.now|new Date\(\)|Math\.random|console\./,
      );
    }
  });
});
