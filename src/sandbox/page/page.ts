import { html, nothing, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Told } from '../audience.js';
import { deskView, stageView } from './desk.js';
import { follower, networkView } from './diagram.js';
import { phoneView } from './phone.js';
import { ring, silence, speak } from './sound.js';
import { phonesShown, state, store, take } from './state.js';

const page = document.querySelector<HTMLElement>('#page');
const switches = document.querySelector<HTMLElement>('#switches');
let isWaiting = false;

/** Shows everything as it is now, once for whatever happens in one turn. */
function again(): void {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    show();
  });
}

function show(): void {
  if (page === null || switches === null) return;
  const follow = follower();
  const phones = phonesShown();
  const [first, ...others] = phones;
  page.querySelector('noscript')?.remove();
  render(switchViews(), switches);
  render(
    html`
      ${state.isConnected ? nothing : html`<p class="notice bad" role="alert">The sandbox does not answer. This page goes on as soon as it does.</p>`}
      ${stageView(again)}
      <div class="table">
        <div class="side">${first === undefined ? nothing : phoneView(first, again)}</div>
        ${networkView()}
        <div class="side">${repeat(
          others,
          ({ id }) => id,
          (phone) => phoneView(phone, again),
        )}</div>
      </div>
      ${deskView(again)}
      <nav class="jump" aria-label="Parts of this page">
        ${phones.map(({ id, name, call }) => {
          const rings = call?.stage === 'ringing' && call.way === 'in';
          return html`<a href="#${id}" class="${id} ${rings ? 'rings' : ''}">${name}${rings ? ' rings' : ''}</a>`;
        })}
        <a href="#network">Network</a>
        <a href="#desk">Desk</a>
      </nav>
    `,
    page,
  );
  ring(state.rings && phones.some(({ call }) => call?.stage === 'ringing' && call.way === 'in'));
  follow();
}

function switchViews() {
  const view = (label: string, isOn: boolean, turn: (isOn: boolean) => void) => html`<label class="switch">
    <input
      type="checkbox"
      role="switch"
      .checked=${live(isOn)}
      @change=${(event: Event) => {
        turn((event.target as HTMLInputElement).checked);
        again();
      }}
    />
    <span>${label}</span>
  </label>`;
  return [
    view('Stranger’s phone', state.showsStranger, (isOn) => {
      state.showsStranger = isOn;
      store('stranger', isOn);
    }),
    view('Ringtone', state.rings, (isOn) => {
      state.rings = isOn;
      store('rings', isOn);
    }),
    view('Speak what is said', state.speaks, (isOn) => {
      state.speaks = isOn;
      store('speaks', isOn);
      if (!isOn) silence();
    }),
  ];
}

/** Says aloud what a phone has heard since it was last told of. */
function speakNews(told: Told): void {
  if (told.about !== 'phone' || !state.speaks) return;
  const { id, call } = told.phone;
  const before = state.phones.get(id)?.call?.heard.length ?? 0;
  if (call === null || call.heard.length <= before) return;
  for (const { text, language } of call.heard.slice(before)) speak(text, language);
}

const events = new EventSource('/sandbox/page/events');
events.onopen = () => {
  state.isConnected = true;
  again();
};
events.onerror = () => {
  state.isConnected = false;
  again();
};
events.onmessage = ({ data }: MessageEvent<string>) => {
  const told: Told = JSON.parse(data);
  speakNews(told);
  take(told);
  again();
};

// The time of a call goes on without anybody's telling.
setInterval(() => {
  if (phonesShown().some(({ call }) => call?.stage === 'joined')) again();
}, 1000);
