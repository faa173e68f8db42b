import type { E164 } from '../domain/phone-number.js';

/** The people of every rehearsal. Ofcom keeps these numbers for fiction: they ring nowhere. */
export const ANNA = '+447700900123' as E164;
export const BEN = '+447700900456' as E164;
export const STRANGER = '+447700900789' as E164;
