import { svg } from 'lit-html';

const icon = (path: unknown) =>
  svg`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">${path}</svg>`;

const HANDSET =
  'M6.6 3.5c.5-.2 1.1 0 1.4.5l1.5 2.7c.3.5.2 1-.2 1.4L8.100 9.300c.9 2.300 2.700 4.100 5 5l1.200-1.200c.4-.4.9-.5 1.400-.2l2.700 1.500c.5.3.7.9.5 1.400-.6 1.700-2 2.700-3.700 2.500C9.300 17.600 5 13.300 4.300 7.400 4.100 5.600 5 4.100 6.600 3.500Z';

export const ICONS = {
  call: icon(svg`<path fill="currentColor" d=${HANDSET} />`),
  end: icon(svg`<path fill="currentColor" transform="rotate(135 12 12)" d=${HANDSET} />`),
  close: icon(
    svg`<path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" d="M6 6l12 12M18 6L6 18" />`,
  ),
  send: icon(svg`<path fill="currentColor" d="M3 11.500 21 3l-6 18-3.500-7.500L3 11.500Z" />`),
  erase: icon(
    svg`<path fill="none" stroke="currentColor" stroke-width="1.800" stroke-linejoin="round" stroke-linecap="round" d="M9 5h11v14H9l-6-7 6-7Zm3 4 5 6m0-6-5 6" />`,
  ),
  person: icon(
    svg`<path fill="currentColor" d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0 2c-4 0-7 2-7 4.500V20h14v-1.500c0-2.500-3-4.500-7-4.500Z" />`,
  ),
  keypad: icon(
    svg`<g fill="currentColor">${[6, 12, 18].map((x) => [6, 12, 18].map((y) => svg`<circle cx=${x} cy=${y} r="1.800" />`))}</g>`,
  ),
  texts: icon(
    svg`<path fill="none" stroke="currentColor" stroke-width="1.800" stroke-linejoin="round" d="M4 5h16v11H10l-4 4v-4H4V5Z" />`,
  ),
} as const;
