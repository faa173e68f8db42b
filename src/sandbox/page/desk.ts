import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import { type DeskOrder, FAULTS, type FaultName, linesOf, typed } from '../desk-order.js';
import { atDesk } from './ask.js';
import { state, store } from './state.js';

/** The operator's side: the real commands, each with the line it stands for. */
export function deskView(again: () => void) {
  const { desk } = state;
  if (desk === null) return nothing;
  return html`
    <details
      class="desk"
      id="desk"
      ?open=${state.isDeskOpen}
      @toggle=${(event: Event) => {
        state.isDeskOpen = (event.target as HTMLDetailsElement).open;
        store('desk', state.isDeskOpen);
      }}
    >
      <summary>
        <h2>The operator’s desk</h2>
        <span>the only place that knows both numbers${desk.working ? ' · working…' : ''}</span>
      </summary>
      ${desk.isManned ? manned(again) : unmanned()}
    </details>
  `;
}

/** What is missing before a call can be made; nothing once all is there. */
export function stageView(again: () => void) {
  const { desk } = state;
  if (desk === null) return nothing;
  // Whoever runs a listener elsewhere has a pool and sessions of their own.
  const isServedElsewhere = desk.answerUrl !== null && !desk.serving;
  if (isServedElsewhere || (desk.serving && desk.sessions.length > 0)) return nothing;
  if (!desk.isManned) {
    return html`<p class="notice">
      Nobody answers calls yet. With the sandbox’s environment, run
      <code>voxproxy numbers provision GB</code>, <code>voxproxy pair</code> and <code>voxproxy serve</code>.
    </p>`;
  }
  const orders = missing();
  return html`<div class="notice">
    <p>
      ${desk.serving ? 'Anna and Ben are not paired yet.' : 'Nobody answers calls yet.'} Three commands set the
      stage:
    </p>
    <ul>
      ${orders.flatMap((order) => lines(order)).map((line) => html`<li><code>${line}</code></li>`)}
    </ul>
    <button
      type="button"
      class="primary"
      ?disabled=${desk.working}
      @click=${async () => {
        for (const order of orders) await give(order, again);
      }}
    >
      Set the stage
    </button>
  </div>`;
}

function missing(): DeskOrder[] {
  const { desk } = state;
  return [
    ...(desk?.serving ? [] : [{ do: 'serve' } as const]),
    ...(desk !== null && desk.numbers.length > 0 ? [] : [{ do: 'provision', count: 2 } as const]),
    pairing(),
  ];
}

function manned(again: () => void) {
  const { desk, pair } = state;
  if (desk === null) return nothing;
  const session = chosen(
    state.session,
    desk.sessions.map(({ id }) => id),
  );
  const lost = chosen(state.lost, desk.numbers);
  const change = (set: (value: string) => void) => (event: Event) => {
    set((event.target as HTMLSelectElement).value);
    again();
  };
  const people = [...state.phones.values()];
  const who = (side: 'first' | 'second', label: string) => html`<label>
    ${label}
    <select
      .value=${live(pair[side])}
      @change=${change((value) => {
        pair[side] = value;
      })}
    >
      ${people.map(({ id, name }) => html`<option value=${id} ?selected=${id === pair[side]}>${name}</option>`)}
    </select>
  </label>`;
  const sessions = html`<label>
    session
    <select
      .value=${live(session)}
      @change=${change((value) => {
        state.session = value;
      })}
    >
      ${desk.sessions.length === 0 ? html`<option value="">none yet</option>` : nothing}
      ${desk.sessions.map(
        ({ id, status, a, b }) =>
          html`<option value=${id} ?selected=${id === session}>${id} (${status}): ${a} and ${b}</option>`,
      )}
    </select>
  </label>`;
  return html`
    <div class="orders">
      <fieldset>
        <legend>Numbers and listener</legend>
        ${orderView(desk.serving ? '✔ Calls are answered' : 'Answer calls', { do: 'serve' }, again, '', !desk.serving)}
        <label>
          how many
          <select
            .value=${live(String(state.count))}
            @change=${change((value) => {
              state.count = Number(value);
            })}
          >
            ${[1, 2, 3].map((n) => html`<option value=${n} ?selected=${n === state.count}>${n}</option>`)}
          </select>
        </label>
        ${orderView('Provision', { do: 'provision', count: state.count }, again)}
        <label>
          number
          <select
            .value=${live(lost)}
            @change=${change((value) => {
              state.lost = value;
            })}
          >
            ${desk.numbers.length === 0 ? html`<option value="">none yet</option>` : nothing}
            ${desk.numbers.map((number) => html`<option ?selected=${number === lost}>${number}</option>`)}
          </select>
        </label>
        ${orderView('Lose it', lost === '' ? null : { do: 'lose', number: lost }, again)}
      </fieldset>
      <fieldset>
        <legend>Sessions</legend>
        <div class="row">${who('first', 'first')} ${who('second', 'second')}</div>
        <label class="switch small">
          <input
            type="checkbox"
            role="switch"
            .checked=${live(pair.screen)}
            @change=${(event: Event) => {
              pair.screen = (event.target as HTMLInputElement).checked;
              again();
            }}
          />
          <span>the callee presses 1 to take a call</span>
        </label>
        ${orderView('Pair', pairing(), again)} ${sessions}
        ${orderView('Close', session === '' ? null : { do: 'close', session }, again)}
        ${orderView(
          'Expire',
          session === ''
            ? null
            : { do: 'pair-briefly', session, first: numberOf(pair.first), second: numberOf(pair.second) },
          again,
          'pairs them anew for 5 seconds',
        )}
      </fieldset>
      <fieldset class="faults">
        <legend>What goes wrong at Vonage</legend>
        ${(Object.keys(FAULTS) as FaultName[]).map((fault) =>
          orderView(FAULTS[fault].title, { do: 'fault', fault }, again),
        )}
        ${orderView(`Let nothing go wrong (${desk.faults} to come)`, { do: 'clear-faults' }, again)}
      </fieldset>
    </div>
    <div class="terminal">
      <h3>What was typed</h3>
      <p class="hint">In a terminal the same commands work in <code>${desk.directory}</code></p>
      <p class="wrong" role="alert">${state.wrong ?? ''}</p>
      <div class="typed" role="log" aria-label="Commands and what they printed" tabindex="0"><ol>
        ${repeat(
          desk.entries,
          ({ id }) => id,
          ({ line, said, code }) => html`<li class=${code === null || code === 0 ? '' : 'bad'}>
            <code>$ ${line}</code>
            <pre>${code === null ? '…' : said}${code === null || code === 0 ? '' : `\n(exit code ${code})`}</pre>
          </li>`,
        )}
      </ol></div>
    </div>
  `;
}

function unmanned() {
  return html`<p class="hint">
    This sandbox was started without its desk. <code>voxproxy sandbox</code> and
    <code>voxproxy demo --open</code> have one.
  </p>`;
}

/** A button, the line it stands for, and a button that copies that. */
function orderView(title: string, order: DeskOrder | null, again: () => void, note = '', isOpen = true) {
  const text = order === null ? '' : lines(order).join(' && ');
  const isPossible = isOpen && order !== null && !state.desk?.working;
  return html`<div class="order">
    <button
      type="button"
      ?disabled=${!isPossible}
      title=${note === '' ? nothing : note}
      @click=${() => (order === null ? undefined : give(order, again))}
    >
      ${title}
    </button>
    ${
      order === null
        ? nothing
        : html`<code>${text}</code>
          <button
            type="button"
            class="quiet"
            aria-label="copy the command of: ${title}"
            @click=${async (event: Event) => {
              const button = event.currentTarget as HTMLButtonElement;
              await navigator.clipboard.writeText(text);
              button.textContent = 'copied';
              setTimeout(() => {
                button.textContent = 'copy';
              }, SHOWN);
            }}
          >
            copy
          </button>`
    }
  </div>`;
}

/** Milliseconds. */
const SHOWN = 1500;

async function give(order: DeskOrder, again: () => void): Promise<void> {
  state.wrong = await atDesk(order);
  again();
}

function lines(order: DeskOrder): string[] {
  return linesOf(order, location.origin).map(typed);
}

function pairing(): DeskOrder {
  const { first, second, screen } = state.pair;
  return { do: 'pair', first: numberOf(first), second: numberOf(second), screen };
}

function numberOf(id: string): string {
  return (state.phones.get(id)?.number ?? '').replace(/[^+\d]/g, '');
}

function chosen(wanted: string, there: readonly string[]): string {
  return there.includes(wanted) ? wanted : (there[0] ?? '');
}
