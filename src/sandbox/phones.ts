import { toMsisdn } from '../domain/phone-number.js';
import { ANNA, BEN, STRANGER } from './fictional-numbers.js';
import type { CallScreen, Heard, PhoneText, PhoneView, Shown } from './phone.js';
import { spelled } from './phone.js';

const PEOPLE = [
  { id: 'anna', name: 'Anna', number: toMsisdn(ANNA) },
  { id: 'ben', name: 'Ben', number: toMsisdn(BEN) },
  { id: 'stranger', name: 'A stranger', number: toMsisdn(STRANGER) },
] as const;

const TEXTS_KEPT = 100;
const NATIONAL_DIGITS = 10;
/** Shorter runs of digits are no phone numbers. */
const NUMBER_IN_TEXT = /\+?\d(?:[\s().-]?\d){6,14}/g;

/** A phone's end of one call: what it shows, and what its owner did. */
export type Line = {
  readonly phone: Phone;
  readonly screen: CallScreen;
  hungUp: boolean;
  answer: 'answered' | 'rejected' | null;
  /** Keys that nobody has read yet. */
  keys: string;
};

/** One phone that somebody holds, in the browser. */
export class Phone {
  withheld = false;
  /** The call that it shows: the one that goes on, or the last one until that is put away. */
  line: Line | null = null;
  #texts: PhoneText[] = [];
  /** Numbers by which it was called and texted, in digits, in the order in which they came. */
  readonly #numbers = new Set<string>();
  /** Everything that was said, shown or texted to it. */
  #seen: string[] = [];
  #contacts = new Set<string>();
  #lastText = 0;

  constructor(
    readonly id: string,
    readonly name: string,
    public number: string,
  ) {}

  get isBusy(): boolean {
    return this.line !== null && this.line.screen.stage !== 'over';
  }

  /** Another SIM card: it knows nothing of the one before. */
  renumber(number: string): void {
    this.number = number;
    this.line = null;
    this.#texts = [];
    this.#seen = [];
    this.#numbers.clear();
    this.#contacts.clear();
  }

  open(way: CallScreen['way'], number: string | null): Line {
    if (way === 'in' && number !== null) this.#see(`+${number}`);
    const screen: CallScreen = {
      way,
      number: number === null ? null : spelled(number),
      stage: way === 'out' ? 'dialling' : 'ringing',
      joinedAt: null,
      heard: [],
      asks: false,
      pressed: '',
      ending: null,
    };
    this.line = { phone: this, screen, hungUp: false, answer: null, keys: '' };
    return this.line;
  }

  hear(line: Line, heard: Heard): void {
    line.screen.heard.push(heard);
    this.#see(heard.text);
  }

  /** A text that the network brought. */
  receive(from: string, text: string, at: number): void {
    this.#contacts.add(from);
    this.#see(`+${from}`);
    this.#see(text);
    this.#keep({ number: spelled(from), text, mine: false, at, sent: true });
  }

  /** A text of one's own; the result says what became of it. */
  write(to: string, text: string, at: number): (sent: boolean) => void {
    const kept = this.#keep({ number: spelled(to), text, mine: true, at, sent: null });
    return (sent) => {
      kept.sent = sent;
    };
  }

  view(): PhoneView {
    const { id, name, withheld, line } = this;
    return {
      id,
      name,
      number: spelled(this.number),
      withheld,
      call: line === null ? null : line.screen,
      texts: this.#texts,
      contacts: [...this.#contacts].map(spelled),
    };
  }

  /** @param others who must not have become known */
  shown(others: readonly Phone[]): Shown {
    const seen = this.#seen.map((text) => text.replace(/\D/g, ''));
    const learned = others.filter(({ number }) =>
      seen.some((digits) => digits.includes(number.slice(-NATIONAL_DIGITS))),
    );
    const real = new Set(others.map(({ number }) => number));
    const numbers = [...this.#numbers].filter((number) => !real.has(number)).map(spelled);
    return { id: this.id, name: this.name, numbers, learned: learned.map(({ name }) => name) };
  }

  #see(text: string): void {
    this.#seen.push(text);
    for (const [number] of text.matchAll(NUMBER_IN_TEXT)) this.#numbers.add(number.replace(/\D/g, ''));
  }

  #keep(text: Omit<PhoneText, 'id'>): PhoneText {
    const kept = { id: ++this.#lastText, ...text };
    this.#texts = [...this.#texts, kept].slice(-TEXTS_KEPT);
    return kept;
  }
}

/** The phones on the page. */
export class Phones {
  readonly all: readonly Phone[] = PEOPLE.map(({ id, name, number }) => new Phone(id, name, number));
  /** Every real number that one of them had or called, in digits. */
  readonly #real = new Set<string>(PEOPLE.map(({ number }) => number));

  byId(id: string): Phone | undefined {
    return this.all.find((phone) => phone.id === id);
  }

  byNumber(digits: string): Phone | undefined {
    return this.all.find(({ number }) => number === digits);
  }

  renumber(phone: Phone, digits: string): void {
    phone.renumber(digits);
    this.#real.add(digits);
  }

  /** Somebody has this number, whether on the page or not. */
  keepSecret(digits: string): void {
    this.#real.add(digits);
  }

  /** Real numbers there are, or were: nobody but their owners is shown them. */
  realNumbers(): Iterable<string> {
    return this.#real;
  }

  shown(): Shown[] {
    return this.all.map((phone) => phone.shown(this.all.filter((other) => other !== phone)));
  }
}
