import type { Language } from './language.js';

/** Labels stand by themselves: before one, "de" might have to be "del". Words are those of both continents. */
export const SPANISH: Language = {
  tags: ['es-ES', 'es-MX', 'es-US'],
  contact: 'su contacto',
  spoken: {
    connecting: 'Espere, por favor, mientras conectamos su llamada.',
    busy: 'La persona a la que llama no está disponible en este momento. Inténtelo de nuevo más tarde.',
    ended: 'Esta llamada ya no se puede conectar: la sesión ha terminado.',
    unknown: 'Este número no está disponible.',
    withheld: 'Llame de nuevo mostrando su número, por favor.',
    notInPool: 'Este número no está en servicio.',
    unavailable: 'Este servicio no está disponible temporalmente.',
    crossed: 'Esta persona le está llamando en este momento. Cuelgue y conteste, por favor.',
    direction: 'Usted no puede llamar a esta persona. Ella le llamará a usted.',
    whisper: 'Una llamada para usted: {contact}. Marque 1 para contestar.',
    goodbye: 'Adiós.',
  },
  texts: {
    undelivered: 'Su mensaje no se ha entregado.',
    stopped: 'No recibirá más mensajes de este servicio. Envíe START para volver a recibirlos.',
    started: 'Volverá a recibir mensajes.',
    help: 'Los mensajes a este número se reenvían a su contacto. Envíe STOP para no recibir más.',
  },
};
