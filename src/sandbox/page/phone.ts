import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { CallScreen, PhoneView } from '../phone.js';
import { onPhone } from './ask.js';
import { ICONS } from './icons.js';
import { localOf } from './state.js';

const KEYS: readonly (readonly [string, string])[] = [
  ['1', ''],
  ['2', 'abc'],
  ['3', 'def'],
  ['4', 'ghi'],
  ['5', 'jkl'],
  ['6', 'mno'],
  ['7', 'pqrs'],
  ['8', 'tuv'],
  ['9', 'wxyz'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
];

/** One phone: a call when there is one, else its keypad or its texts. */
export function phoneView(phone: PhoneView, again: () => void) {
  const local = localOf(phone.id);
  const { call } = phone;
  const rings = call?.stage === 'ringing' && call.way === 'in';
  const act = async (deed: string, fields: object = {}) => {
    local.wrong = await onPhone(phone.id, deed, fields);
    again();
    return local.wrong === null;
  };
  return html`
    <article
      class="phone ${rings ? 'rings' : ''}"
      id=${phone.id}
      aria-label="${phone.name}: phone"
      @keydown=${(event: KeyboardEvent) => pressTyped(event, call, act)}
    >
      <header>
        <h2>${phone.name}</h2>
        ${local.isRenumbering ? renumbering(phone, again, act) : ownNumber(phone, again)}
      </header>
      <div class="screen">
        ${call === null ? idle(phone, again, act) : callScreen(call, act)}
        <p class="wrong" role="alert">${local.wrong ?? ''}</p>
      </div>
      ${
        call === null
          ? html`<nav class="tabs" aria-label="${phone.name}: screens">
            ${(['keypad', 'texts'] as const).map(
              (tab) => html`<button
                type="button"
                aria-current=${local.tab === tab ? 'page' : 'false'}
                @click=${() => {
                  local.tab = tab;
                  again();
                }}
              >
                ${tab === 'keypad' ? ICONS.keypad : ICONS.texts} ${tab === 'keypad' ? 'Keypad' : 'Messages'}
                ${tab === 'texts' && unread(phone) > 0 ? html`<span class="badge">${unread(phone)}<span class="unseen"> new</span></span>` : nothing}
              </button>`,
            )}
          </nav>`
          : nothing
      }
    </article>
  `;
}

type Act = (deed: string, fields?: object) => Promise<boolean>;

function unread(phone: PhoneView): number {
  const local = localOf(phone.id);
  const received = phone.texts.filter(({ mine }) => !mine).at(-1)?.id ?? 0;
  if (local.tab === 'texts' && phone.call === null) local.textsRead = received;
  return phone.texts.filter(({ id, mine }) => !mine && id > local.textsRead).length;
}

function ownNumber(phone: PhoneView, again: () => void) {
  const local = localOf(phone.id);
  return html`<p class="own">
    <span class="label">real number</span> <span class="number">${phone.number}</span>
    <button
      type="button"
      class="quiet"
      ?disabled=${phone.call !== null && phone.call.stage !== 'over'}
      @click=${() => {
        local.isRenumbering = true;
        local.number = phone.number;
        again();
      }}
    >
      change
    </button>
  </p>`;
}

function renumbering(phone: PhoneView, again: () => void, act: Act) {
  const local = localOf(phone.id);
  return html`<form
    class="own"
    @submit=${async (event: Event) => {
      event.preventDefault();
      if (await act('renumber', { number: local.number })) local.isRenumbering = false;
      again();
    }}
  >
    <input
      type="tel"
      aria-label="${phone.name}: new real number"
      .value=${live(local.number)}
      @input=${(event: Event) => {
        local.number = (event.target as HTMLInputElement).value;
      }}
    />
    <button type="submit" class="quiet">keep</button>
    <button
      type="button"
      class="quiet"
      @click=${() => {
        local.isRenumbering = false;
        local.wrong = null;
        again();
      }}
    >
      cancel
    </button>
  </form>`;
}

function idle(phone: PhoneView, again: () => void, act: Act) {
  return localOf(phone.id).tab === 'keypad' ? keypad(phone, again, act) : texts(phone, again, act);
}

function keypad(phone: PhoneView, again: () => void, act: Act) {
  const local = localOf(phone.id);
  const dial = () => act('dial', { to: local.dialled });
  return html`
    <form
      class="dial"
      @submit=${(event: Event) => {
        event.preventDefault();
        void dial();
      }}
    >
      <input
        class="dialled"
        type="tel"
        autocomplete="off"
        placeholder="Dial a number"
        aria-label="${phone.name}: number to dial"
        .value=${live(local.dialled)}
        @input=${(event: Event) => {
          local.dialled = (event.target as HTMLInputElement).value;
        }}
      />
      ${contacts(phone, (number) => {
        local.dialled = number;
        again();
      })}
      <div class="keys">
        ${KEYS.map(
          ([key, letters]) => html`<button
            type="button"
            @click=${() => {
              local.dialled += key;
              again();
            }}
          >
            ${key}<small aria-hidden="true">${letters}</small>
          </button>`,
        )}
      </div>
      <div class="row">
        <label class="switch small">
          <input
            type="checkbox"
            role="switch"
            .checked=${live(phone.withheld)}
            @change=${(event: Event) => act('withhold', { withheld: (event.target as HTMLInputElement).checked })}
          />
          <span>Withhold my number</span>
        </label>
        <button type="submit" class="round call" aria-label="${phone.name}: call">${ICONS.call}</button>
        <button
          type="button"
          class="quiet"
          aria-label="delete the last digit"
          @click=${() => {
            local.dialled = local.dialled.trimEnd().slice(0, -1);
            again();
          }}
        >
          ${ICONS.erase}
        </button>
      </div>
    </form>
  `;
}

/** Only the virtual numbers that this phone was texted. */
function contacts(phone: PhoneView, choose: (number: string) => void) {
  if (phone.contacts.length === 0)
    return html`<p class="hint">No contacts yet: they come with the first text.</p>`;
  return html`<div class="contacts">
    <span class="label">from a text</span>
    ${phone.contacts.map(
      (number) => html`<button type="button" class="chip" @click=${() => choose(number)}>${number}</button>`,
    )}
  </div>`;
}

function texts(phone: PhoneView, again: () => void, act: Act) {
  const local = localOf(phone.id);
  const to = local.textTo || phone.contacts.at(-1) || '';
  return html`
    <div class="texts" role="log" aria-label="${phone.name}: messages" tabindex="0">
      ${phone.texts.length === 0 ? html`<p class="hint">No messages yet.</p>` : nothing}
      ${repeat(
        phone.texts,
        ({ id }) => id,
        ({ number, text, mine, sent }) => html`<div class="text ${mine ? 'mine' : ''}">
          <span class="label">${mine ? 'to' : 'from'} ${number}</span>
          <p>${text}</p>
          ${mine && sent === false ? html`<span class="label bad">not taken</span>` : nothing}
        </div>`,
      )}
    </div>
    <form
      class="compose"
      @submit=${async (event: Event) => {
        event.preventDefault();
        if (await act('text', { to, text: local.text })) local.text = '';
        again();
      }}
    >
      <input
        type="tel"
        autocomplete="off"
        aria-label="${phone.name}: text to"
        placeholder="To"
        .value=${live(to)}
        @change=${(event: Event) => {
          local.textTo = (event.target as HTMLInputElement).value;
        }}
      />
      <div class="row">
        <input
          type="text"
          autocomplete="off"
          aria-label="${phone.name}: message"
          placeholder="Message"
          .value=${live(local.text)}
          @input=${(event: Event) => {
            local.text = (event.target as HTMLInputElement).value;
          }}
        />
        <button type="submit" class="round send" aria-label="${phone.name}: send">${ICONS.send}</button>
      </div>
    </form>
  `;
}

function callScreen(call: CallScreen, act: Act) {
  return html`
    <div class="calling">
      <div class="who ${call.stage}" aria-hidden="true">${ICONS.person}</div>
      <p class="number">${call.number ?? 'No number shown'}</p>
      <p class="stage" role="status">${stageText(call)}</p>
      <div class="captions" role="log" aria-label="What this phone hears">
        ${call.heard.map(({ text, language }) => html`<p lang=${language ?? nothing}>${text}</p>`)}
      </div>
      ${
        call.stage === 'joined' || call.asks
          ? html`<div class="keys small ${call.asks ? 'asked' : ''}">
            ${KEYS.map(
              ([
                key,
              ]) => html`<button type="button" aria-label="press ${key}" @click=${() => act('press', { key })}>
                ${key}
              </button>`,
            )}
          </div>`
          : nothing
      }
      ${call.pressed === '' ? nothing : html`<p class="pressed">keys: ${call.pressed}</p>`}
      <div class="row">${buttons(call, act)}</div>
    </div>
  `;
}

function buttons(call: CallScreen, act: Act) {
  const button = (deed: string, kind: string, label: string, icon: unknown, fields = {}) => html`<button
    type="button"
    class="round ${kind}"
    @click=${() => act(deed, fields)}
  >
    ${icon}<span>${label}</span>
  </button>`;
  if (call.stage === 'ringing' && call.way === 'in') {
    return [button('decline', 'end', 'Decline', ICONS.end), button('answer', 'call', 'Answer', ICONS.call)];
  }
  if (call.stage !== 'over') return button('hang-up', 'end', 'Hang up', ICONS.end);
  return [
    button('put-away', 'plain', 'Close', ICONS.close),
    call.number === null
      ? nothing
      : button('dial', 'call', call.way === 'in' ? 'Call back' : 'Call again', ICONS.call, {
          to: call.number,
        }),
  ];
}

function stageText(call: CallScreen): string {
  switch (call.stage) {
    case 'dialling':
      return 'Calling…';
    case 'ringing':
      return call.way === 'in' ? 'Incoming call' : 'Ringing…';
    case 'answered':
      return call.asks ? 'Press a key' : 'One moment…';
    case 'joined':
      return `Connected · ${timeSince(call.joinedAt ?? Date.now())}`;
    case 'over':
      return call.ending ?? 'The call has ended';
  }
}

function timeSince(start: number): string {
  const seconds = Math.max(0, Math.floor((Date.now() - start) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Digits of the keyboard press the keys of a phone that is in a call. */
function pressTyped(event: KeyboardEvent, call: CallScreen | null, act: Act): void {
  const isTyping = event.target instanceof HTMLInputElement;
  const takesKeys = call !== null && (call.stage === 'joined' || call.asks);
  if (isTyping || !takesKeys || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[\d*#]$/.test(event.key)) void act('press', { key: event.key });
}
