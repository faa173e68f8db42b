/** Every sentence that a caller may hear. */
export type SentenceKey =
  | 'connecting'
  | 'busy'
  | 'ended'
  | 'unknown'
  | 'withheld'
  | 'notInPool'
  | 'unavailable';

export type Sentences = Record<SentenceKey, string>;

export const SENTENCE_KEYS: readonly SentenceKey[] = [
  'connecting',
  'busy',
  'ended',
  'unknown',
  'withheld',
  'notInPool',
  'unavailable',
];

export const DEFAULT_LANGUAGE = 'en-GB';

/** The longest text that Vonage speaks. */
export const LONGEST_SENTENCE = 1500;

/** What the settings say in place of a sentence, whatever the language of the call. */
export type SentenceOverrides = Partial<Sentences>;

/** The tag Vonage knows for a language that was asked for (`de` → `de-DE`); undefined when nobody speaks it here. */
export function knownLanguage(tag: string): string | undefined {
  const wanted = tag.toLowerCase();
  for (const { tags } of LANGUAGES) {
    const found = tags.find((known) => known.toLowerCase() === wanted);
    if (found !== undefined) return found;
    if (tags[0]?.slice(0, 2) === wanted) return tags[0];
  }
  return undefined;
}

export function knownLanguages(): string[] {
  return LANGUAGES.flatMap(({ tags }) => tags);
}

/** A sentence in a known language, unless the settings replace it. */
export function sentence(key: SentenceKey, language: string, overrides: SentenceOverrides): string {
  const spoken = LANGUAGES.find(({ tags }) => tags.includes(language)) ?? ENGLISH;
  return overrides[key] ?? spoken.sentences[key];
}

type Language = { tags: readonly string[]; sentences: Sentences };

const ENGLISH: Language = {
  tags: ['en-GB', 'en-US', 'en-AU', 'en-IN', 'en-ZA'],
  sentences: {
    connecting: 'Please wait while we connect your call.',
    busy: 'The person you called is not available right now. Please try again later.',
    ended: 'This call can no longer be connected: the session has ended.',
    unknown: 'This number is not available.',
    withheld: 'Please call again with your number shown.',
    notInPool: 'This number is not in service.',
    unavailable: 'This service is temporarily unavailable.',
  },
};

/** The first tag of each language is what its bare two-letter code means. */
const LANGUAGES: readonly Language[] = [
  ENGLISH,
  {
    tags: ['de-DE'],
    sentences: {
      connecting: 'Bitte warten Sie, während wir Sie verbinden.',
      busy: 'Die angerufene Person ist gerade nicht erreichbar. Bitte versuchen Sie es später noch einmal.',
      ended: 'Dieser Anruf kann nicht mehr verbunden werden: Die Sitzung ist beendet.',
      unknown: 'Diese Nummer ist nicht erreichbar.',
      withheld: 'Bitte rufen Sie noch einmal mit sichtbarer Rufnummer an.',
      notInPool: 'Diese Nummer ist nicht in Betrieb.',
      unavailable: 'Dieser Dienst ist vorübergehend nicht verfügbar.',
    },
  },
  {
    tags: ['fr-FR', 'fr-CA'],
    sentences: {
      connecting: 'Veuillez patienter pendant que nous vous mettons en relation.',
      busy: "La personne que vous appelez n'est pas disponible pour le moment. Veuillez réessayer plus tard.",
      ended: 'Cet appel ne peut plus aboutir : la session est terminée.',
      unknown: "Ce numéro n'est pas disponible.",
      withheld: 'Veuillez rappeler en affichant votre numéro.',
      notInPool: "Ce numéro n'est pas en service.",
      unavailable: 'Ce service est momentanément indisponible.',
    },
  },
  {
    tags: ['es-ES', 'es-MX', 'es-US'],
    sentences: {
      connecting: 'Espere, por favor, mientras conectamos su llamada.',
      busy: 'La persona a la que llama no está disponible en este momento. Inténtelo de nuevo más tarde.',
      ended: 'Esta llamada ya no se puede conectar: la sesión ha terminado.',
      unknown: 'Este número no está disponible.',
      withheld: 'Llame de nuevo mostrando su número, por favor.',
      notInPool: 'Este número no está en servicio.',
      unavailable: 'Este servicio no está disponible temporalmente.',
    },
  },
  {
    tags: ['it-IT'],
    sentences: {
      connecting: 'Attenda mentre colleghiamo la sua chiamata.',
      busy: 'La persona chiamata non è al momento disponibile. Riprovi più tardi.',
      ended: 'Questa chiamata non può più essere collegata: la sessione è terminata.',
      unknown: 'Questo numero non è disponibile.',
      withheld: 'Richiami mostrando il suo numero.',
      notInPool: 'Questo numero non è in servizio.',
      unavailable: 'Questo servizio è temporaneamente non disponibile.',
    },
  },
  {
    tags: ['nl-NL'],
    sentences: {
      connecting: 'Een ogenblik geduld, wij verbinden u door.',
      busy: 'De persoon die u belt is nu niet bereikbaar. Probeer het later nog eens.',
      ended: 'Dit gesprek kan niet meer worden verbonden: de sessie is afgelopen.',
      unknown: 'Dit nummer is niet bereikbaar.',
      withheld: 'Bel opnieuw met uw nummer zichtbaar.',
      notInPool: 'Dit nummer is niet in gebruik.',
      unavailable: 'Deze dienst is tijdelijk niet beschikbaar.',
    },
  },
  {
    tags: ['pt-PT', 'pt-BR'],
    sentences: {
      connecting: 'Aguarde enquanto ligamos a sua chamada.',
      busy: 'A pessoa para quem ligou não está disponível neste momento. Tente novamente mais tarde.',
      ended: 'Esta chamada já não pode ser ligada: a sessão terminou.',
      unknown: 'Este número não está disponível.',
      withheld: 'Ligue novamente com o seu número visível.',
      notInPool: 'Este número não está em serviço.',
      unavailable: 'Este serviço está temporariamente indisponível.',
    },
  },
  {
    tags: ['pl-PL'],
    sentences: {
      connecting: 'Proszę czekać, łączymy rozmowę.',
      busy: 'Osoba, do której dzwonisz, jest teraz niedostępna. Spróbuj ponownie później.',
      ended: 'Tego połączenia nie można już zrealizować: sesja została zakończona.',
      unknown: 'Ten numer jest niedostępny.',
      withheld: 'Zadzwoń ponownie, nie zastrzegając swojego numeru.',
      notInPool: 'Ten numer nie jest używany.',
      unavailable: 'Usługa jest chwilowo niedostępna.',
    },
  },
  {
    tags: ['sv-SE'],
    sentences: {
      connecting: 'Vänta medan vi kopplar ditt samtal.',
      busy: 'Personen du ringer kan inte svara just nu. Försök igen senare.',
      ended: 'Samtalet kan inte längre kopplas: sessionen är avslutad.',
      unknown: 'Numret är inte tillgängligt.',
      withheld: 'Ring igen med ditt nummer synligt.',
      notInPool: 'Numret används inte.',
      unavailable: 'Tjänsten är tillfälligt otillgänglig.',
    },
  },
  {
    tags: ['da-DK'],
    sentences: {
      connecting: 'Vent venligst, mens vi stiller dit opkald om.',
      busy: 'Personen, du ringer til, er ikke tilgængelig lige nu. Prøv igen senere.',
      ended: 'Opkaldet kan ikke længere stilles om: sessionen er afsluttet.',
      unknown: 'Nummeret er ikke tilgængeligt.',
      withheld: 'Ring igen med dit nummer synligt.',
      notInPool: 'Nummeret er ikke i brug.',
      unavailable: 'Tjenesten er midlertidigt utilgængelig.',
    },
  },
];
