import type { Language } from './language.js';

/** Labels take no ending: they stand by themselves. */
export const TURKISH: Language = {
  tags: ['tr-TR'],
  contact: 'irtibat kişiniz',
  spoken: {
    connecting: 'Aramanız bağlanırken lütfen bekleyin.',
    busy: 'Aradığınız kişiye şu anda ulaşılamıyor. Lütfen daha sonra tekrar deneyin.',
    ended: 'Bu arama artık bağlanamıyor: oturum sona erdi.',
    unknown: 'Bu numaraya ulaşılamıyor.',
    withheld: 'Lütfen numaranızı gizlemeden tekrar arayın.',
    notInPool: 'Bu numara kullanılmamaktadır.',
    unavailable: 'Bu hizmet geçici olarak kullanılamıyor.',
    crossed: 'Bu kişi şu anda sizi arıyor. Lütfen telefonu kapatıp gelen aramayı yanıtlayın.',
    direction: 'Bu kişiyi arayamazsınız. O sizi arayacak.',
    whisper: 'Arayan: {contact}. Yanıtlamak için 1 tuşuna basın.',
    goodbye: 'Hoşça kalın.',
  },
  texts: {
    undelivered: 'Mesajınız iletilemedi.',
    stopped: 'Bu hizmetten artık mesaj almayacaksınız. Yeniden almak için START yazıp gönderin.',
    started: 'Yeniden mesaj alacaksınız.',
    help: 'Bu numaraya gönderilen mesajlar irtibat kişinize iletilir. Artık mesaj almamak için STOP yazıp gönderin.',
  },
};
