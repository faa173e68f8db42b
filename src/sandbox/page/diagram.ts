import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Step } from '../diagram.js';
import { clearDiagram } from './ask.js';
import { phonesShown, state } from './state.js';

/** The places from left to right; a phone's lane is on the side where the phone lies. */
function lanes(): { id: string; name: string }[] {
  const [first, ...others] = phonesShown().map(({ id, name }) => ({ id, name }));
  return [
    ...(first === undefined ? [] : [first]),
    { id: 'vonage', name: 'Vonage' },
    { id: 'voxproxy', name: 'voxproxy' },
    ...others,
  ];
}

/** What the network saw, as a sequence diagram, and what each phone was shown. */
export function networkView() {
  const columns = lanes();
  const at = new Map(columns.map(({ id }, column) => [id, column]));
  const steps = [...state.steps.values()].filter(({ from, to }) => at.has(from) && at.has(to));
  return html`
    <section class="network ${columns.length > 4 ? 'tall' : ''}" id="network" aria-labelledby="network-title">
      <div class="title">
        <h2 id="network-title">What the network saw</h2>
        <button type="button" class="quiet" ?disabled=${steps.length === 0} @click=${() => void clearDiagram()}>
          clear
        </button>
      </div>
      ${proof()}
      <div class="sequence lanes-${columns.length}">
        <div class="scroll" tabindex="0" role="log" aria-live="off" aria-label="Steps of the calls and texts">
          <div class="heads" aria-hidden="true">
            ${columns.map(({ id, name }) => html`<span class="head ${id}">${name}</span>`)}
          </div>
          <div class="rails" aria-hidden="true">${columns.map(({ id }) => html`<i class=${id}></i>`)}</div>
          ${steps.length === 0 ? html`<p class="hint">Dial from a phone: every step appears here.</p>` : nothing}
          <ol>
            ${repeat(
              steps,
              ({ id }) => id,
              (step, index) =>
                stepView(step, at, columns.length, index > 0 && steps[index - 1]?.group !== step.group),
            )}
          </ol>
        </div>
      </div>
    </section>
  `;
}

/** Which numbers each side has been shown: the proof that none of them is the other's real number. */
function proof() {
  const visible = new Set(phonesShown().map(({ id }) => id));
  return html`<div role="status" aria-label="Numbers that each phone has been shown"><ul class="proof">
    ${state.shown
      .filter(({ id }) => visible.has(id))
      .map(
        ({ id, name, numbers, learned }) => html`<li class="${id} ${learned.length > 0 ? 'bad' : 'good'}">
          <b>${name}</b> has been shown
          ${
            numbers.length === 0
              ? 'no number'
              : numbers.map(
                  (number, index) => html`${index > 0 ? ', ' : ''}<span class="number">${number}</span>`,
                )
          }
          <em
            >${
              learned.length > 0
                ? `✖ and the real number of ${learned.join(' and ')}: somebody told it`
                : '✔ nobody’s real number'
            }</em
          >
        </li>`,
      )}
  </ul></div>`;
}

function stepView(step: Step, at: Map<string, number>, count: number, begins: boolean) {
  const [from, to] = [at.get(step.from) ?? 0, at.get(step.to) ?? 0];
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const way = from === to ? 'here' : from < to ? 'right' : 'left';
  // A note needs more room than its own lane has; it never leaves the diagram.
  const [start, end] =
    way === 'here' ? [Math.max(0, left - 1), Math.min(count - 1, right + 1)] : [left, right];
  const verdict = step.good === null ? '' : step.good ? 'good' : 'bad';
  const heard = `${nameOf(step.from)}${way === 'here' ? '' : ` to ${nameOf(step.to)}`}: `;
  const label = html`<span class="unseen">${heard}</span>${step.what}
    <span class="unseen">${verdict === 'bad' ? ' (failed)' : ''}</span>`;
  return html`<li class="step of-${step.kind} ${way} ${verdict} ${begins ? 'begins' : ''}">
    <div class="area start-${start} end-${end}">
      ${
        step.body === null
          ? html`<p class="what">${label}</p>`
          : html`<details>
            <summary class="what">${label}</summary>
            <pre tabindex="0">${JSON.stringify(step.body, null, 2)}</pre>
          </details>`
      }
      ${way === 'here' ? nothing : html`<div class="arrow span-${right - left + 1}"></div>`}
      ${step.facts.length === 0 ? nothing : html`<ul class="facts">${step.facts.map((fact) => html`<li>${fact}</li>`)}</ul>`}
    </div>
  </li>`;
}

function nameOf(place: string): string {
  if (place === 'vonage') return 'Vonage';
  return state.phones.get(place)?.name ?? place;
}

let lastGroup = 0;

/** Follows the newest step, unless somebody has scrolled back to read; what begins is always shown. */
export function follower(): () => void {
  const before = document.querySelector('.sequence .scroll');
  const group = [...state.steps.values()].at(-1)?.group ?? 0;
  const follows =
    before === null ||
    group !== lastGroup ||
    before.scrollHeight - before.scrollTop - before.clientHeight < NEAR_THE_END;
  lastGroup = group;
  return () => {
    const scroll = document.querySelector('.sequence .scroll');
    if (follows && scroll !== null) scroll.scrollTop = scroll.scrollHeight;
  };
}

/** Pixels. */
const NEAR_THE_END = 80;
