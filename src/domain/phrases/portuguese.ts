import type { Language } from './language.js';

/** Labels stand by themselves: before one, "de" might have to be "do" or "da". */
export const PORTUGUESE: Language = {
  tags: ['pt-PT'],
  contact: 'o seu contacto',
  spoken: {
    connecting: 'Aguarde, por favor, enquanto estabelecemos a ligação.',
    busy: 'A pessoa para quem ligou não está disponível neste momento. Tente novamente mais tarde.',
    ended: 'Já não é possível estabelecer esta chamada: a sessão terminou.',
    unknown: 'Este número não está disponível.',
    withheld: 'Por favor, ligue novamente com o seu número visível.',
    notInPool: 'Este número não está atribuído.',
    unavailable: 'Este serviço está temporariamente indisponível.',
    crossed: 'Esta pessoa está a ligar-lhe neste momento. Por favor, desligue e atenda.',
    direction: 'Não pode ligar para esta pessoa. Será ela a ligar-lhe.',
    whisper: 'Uma chamada para si: {contact}. Prima 1 para atender.',
    goodbye: 'Adeus.',
  },
  texts: {
    undelivered: 'A sua mensagem não foi entregue.',
    stopped: 'Não receberá mais mensagens deste serviço. Envie START para voltar a recebê-las.',
    started: 'Voltará a receber mensagens.',
    help: 'As mensagens para este número são reencaminhadas para o seu contacto. Envie STOP para não receber mais.',
  },
};
