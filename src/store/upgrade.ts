import { isRecord } from './record-shapes.js';

type Fields = Record<string, unknown>;

/** What the versions after each brought: the step from it to the next. */
const STEPS: Record<number, (state: Fields) => void> = {
  1: (state) => {
    // What is there already stays: a version that somebody changed back undoes nothing.
    state.marked ??= { blocked: [], textsStopped: [] };
    for (const session of state.sessions as unknown[]) {
      if (!isRecord(session)) continue;
      const { language = null } = session;
      delete session.language;
      const terms = { direction: 'both', screen: null, detectMachines: null, maskNumbers: null };
      Object.assign(session, { ...terms, ...session });
      for (const participant of [session.a, session.b])
        if (isRecord(participant)) Object.assign(participant, { language, ...participant });
    }
  },
};

/** Brings what an older voxproxy wrote to today's form, in place; what is malformed is found afterwards. */
export function upgrade(state: Fields, version: number): void {
  for (let from = state.version as number; from < version; from++) STEPS[from]?.(state);
  state.version = version;
}
