import type { Language } from './language.js';

/** Brazil calls, waits and hangs up in other words than Portugal. Labels stand by themselves, as there. */
export const BRAZILIAN_PORTUGUESE: Language = {
  tags: ['pt-BR'],
  contact: 'seu contato',
  spoken: {
    connecting: 'Por favor, aguarde enquanto completamos a sua ligação.',
    busy: 'A pessoa para quem você ligou não está disponível no momento. Por favor, tente novamente mais tarde.',
    ended: 'Não é mais possível completar esta ligação: a sessão foi encerrada.',
    unknown: 'Este número não está disponível.',
    withheld: 'Por favor, ligue novamente sem ocultar o seu número.',
    notInPool: 'Este número não está em uso.',
    unavailable: 'Este serviço está temporariamente indisponível.',
    crossed: 'Esta pessoa está ligando para você neste momento. Por favor, desligue e atenda.',
    direction: 'Você não pode ligar para esta pessoa. Ela vai ligar para você.',
    whisper: 'Uma ligação para você: {contact}. Pressione 1 para atender.',
    goodbye: 'Até logo.',
  },
  texts: {
    undelivered: 'Sua mensagem não foi entregue.',
    stopped: 'Você não receberá mais mensagens deste serviço. Envie START para voltar a recebê-las.',
    started: 'Você voltará a receber mensagens.',
    help: 'As mensagens enviadas para este número são encaminhadas para o seu contato. Envie STOP para não receber mais.',
  },
};
