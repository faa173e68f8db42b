import type { Told } from '../audience.js';
import type { DeskView } from '../desk.js';
import type { Step } from '../diagram.js';
import type { PhoneView, Shown } from '../phone.js';

/** What the visitor has open and has typed; the sandbox knows nothing of it. */
export type Local = {
  tab: 'keypad' | 'texts';
  dialled: string;
  textTo: string;
  text: string;
  isRenumbering: boolean;
  number: string;
  textsRead: number;
  wrong: string | null;
};

/** Everything that the page shows. */
export const state = {
  phones: new Map<string, PhoneView>(),
  local: new Map<string, Local>(),
  shown: [] as Shown[],
  steps: new Map<number, Step>(),
  desk: null as DeskView | null,
  isConnected: false,
  rings: stored('rings', true),
  speaks: stored('speaks', false),
  showsStranger: stored('stranger', false),
  isDeskOpen: stored('desk', true),
  pair: { first: 'anna', second: 'ben', screen: false },
  count: 2,
  session: '',
  lost: '',
  wrong: null as string | null,
};

export function localOf(id: string): Local {
  const known = state.local.get(id);
  if (known !== undefined) return known;
  const local: Local = {
    tab: 'keypad',
    dialled: '',
    textTo: '',
    text: '',
    isRenumbering: false,
    number: '',
    textsRead: 0,
    wrong: null,
  };
  state.local.set(id, local);
  return local;
}

export function take(told: Told): void {
  switch (told.about) {
    case 'phone':
      state.phones.set(told.phone.id, told.phone);
      return;
    case 'shown':
      state.shown = told.shown;
      return;
    case 'step':
      state.steps.set(told.step.id, told.step);
      return;
    case 'cleared':
      state.steps.clear();
      return;
    case 'desk':
      state.desk = told.desk;
  }
}

/** The phones that are on the table; the stranger's as well when somebody calls it. */
export function phonesShown(): PhoneView[] {
  const isInCall = ({ call }: PhoneView) => call !== null && call.stage !== 'over';
  return [...state.phones.values()].filter(
    (phone) => phone.id !== 'stranger' || state.showsStranger || isInCall(phone),
  );
}

type Kept = 'rings' | 'speaks' | 'stranger' | 'desk';

function stored(name: Kept, fallback: boolean): boolean {
  try {
    const value = localStorage.getItem(name);
    return value === null ? fallback : value === 'yes';
  } catch {
    // Some browsers keep nothing.
    return fallback;
  }
}

export function store(name: Kept, value: boolean): void {
  try {
    localStorage.setItem(name, value ? 'yes' : 'no');
  } catch {
    // It holds until the page is loaded again.
  }
}
