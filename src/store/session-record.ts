import type { Participant, Session } from '../domain/session.js';

/**
 * What most sessions have; it is not written, because most of the time of a command goes into reading it. When
 * a session ends is: a line that lost that must not be taken for one without an end.
 */
const USUAL_TERMS: Partial<Session> = {
  name: null,
  ttl: null,
  maxDuration: null,
  hardExpiry: false,
  direction: 'both',
  screen: null,
  detectMachines: null,
  maskNumbers: null,
};
const USUAL_REMARKS: Partial<Participant> = { label: null, language: null, notifiedAt: null };

/** A session as the store file has it, without what is usual. */
export function recordTextOf(given: Session): string {
  // Always in the same order, which those who only look for something rely on.
  const session = sessionOf(given);
  const { a, b } = session;
  const participants = { a: unusual(a, USUAL_REMARKS), b: unusual(b, USUAL_REMARKS) };
  return JSON.stringify({ ...unusual(session, USUAL_TERMS), ...participants });
}

/** The session of a record that voxproxy wrote; field by field, because spreading the defaults takes ten times as long. */
export function sessionOf(record: Session): Session {
  const { a, b } = record;
  return {
    id: record.id,
    name: record.name ?? null,
    createdAt: record.createdAt,
    expiresAt: record.expiresAt,
    closedAt: record.closedAt,
    ttl: record.ttl ?? null,
    quarantine: record.quarantine,
    maxDuration: record.maxDuration ?? null,
    hardExpiry: record.hardExpiry ?? false,
    direction: record.direction ?? 'both',
    screen: record.screen ?? null,
    detectMachines: record.detectMachines ?? null,
    maskNumbers: record.maskNumbers ?? null,
    a: participantOf(a),
    b: participantOf(b),
  };
}

/** Puts what is usual back into a record that anybody may have written, in place. */
export function complete(record: Record<string, unknown>): void {
  fill(record, USUAL_TERMS);
  for (const participant of [record.a, record.b])
    if (typeof participant === 'object' && participant !== null) fill(participant, USUAL_REMARKS);
}

function participantOf(record: Participant): Participant {
  return {
    realNumber: record.realNumber,
    country: record.country,
    label: record.label ?? null,
    language: record.language ?? null,
    person: record.person,
    virtualNumber: record.virtualNumber,
    notifiedAt: record.notifiedAt ?? null,
  };
}

function unusual<T extends object>(record: T, usual: Partial<T>): Partial<T> {
  const kept: Partial<T> = {};
  for (const name of Object.keys(record) as (keyof T)[])
    if (!(name in usual) || record[name] !== usual[name]) kept[name] = record[name];
  return kept;
}

function fill(record: object, usual: object): void {
  for (const [name, value] of Object.entries(usual))
    if (!(name in record)) (record as Record<string, unknown>)[name] = value;
}
