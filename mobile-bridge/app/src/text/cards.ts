// The card that a worker shows to somebody near, in the language of the country.

export type CardLanguage = 'zh-TW' | 'ja' | 'ko' | 'en' | 'ms' | 'ar' | 'de' | 'ro';

export interface ShownCard {
  /** In its own language. */
  name: string;
  title: string;
  who: string;
  need: string;
  call: string;
  myName: string;
  place: string;
  noPlace: string;
  mission: string;
  rtl?: true;
}

export const CARDS: Record<CardLanguage, ShownCard> = {
  'zh-TW': {
    name: '繁體中文',
    title: '請幫助我',
    who: '我是越南籍移工，不太會說中文。',
    need: '我有危險，需要幫助。',
    call: '請幫我打電話：',
    myName: '姓名',
    place: '我的位置',
    noPlace: '位置不明',
    mission: '請聯絡越南代表機構',
  },
  ja: {
    name: '日本語',
    title: '助けてください',
    who: '私はベトナム人の労働者です。日本語があまり話せません。',
    need: '危険な状態です。助けが必要です。',
    call: '電話してください：',
    myName: '名前',
    place: '現在地',
    noPlace: '現在地はわかりません',
    mission: 'ベトナム大使館に連絡してください',
  },
  ko: {
    name: '한국어',
    title: '도와주세요',
    who: '저는 베트남 노동자입니다. 한국어를 잘 못합니다.',
    need: '위험한 상황입니다. 도움이 필요합니다.',
    call: '전화해 주세요:',
    myName: '이름',
    place: '현재 위치',
    noPlace: '위치를 알 수 없습니다',
    mission: '베트남 대사관에 연락해 주세요',
  },
  en: {
    name: 'English',
    title: 'PLEASE HELP ME',
    who: 'I am a worker from Vietnam. I do not speak your language well.',
    need: 'I am in danger and need help.',
    call: 'Please call:',
    myName: 'Name',
    place: 'Where I am',
    noPlace: 'Place not known',
    mission: 'Please contact the Vietnamese mission',
  },
  ms: {
    name: 'Bahasa Melayu',
    title: 'TOLONG SAYA',
    who: 'Saya pekerja dari Vietnam. Saya tidak fasih berbahasa Melayu.',
    need: 'Saya dalam bahaya dan memerlukan bantuan.',
    call: 'Sila telefon:',
    myName: 'Nama',
    place: 'Lokasi saya',
    noPlace: 'Lokasi tidak diketahui',
    mission: 'Sila hubungi Kedutaan Vietnam',
  },
  ar: {
    name: 'العربية',
    title: 'أرجوكم ساعدوني',
    who: 'أنا عامل من فيتنام ولا أتحدث العربية جيدًا.',
    need: 'أنا في خطر وأحتاج إلى المساعدة.',
    call: 'يرجى الاتصال بـ:',
    myName: 'الاسم',
    place: 'موقعي',
    noPlace: 'الموقع غير معروف',
    mission: 'يرجى الاتصال بسفارة فيتنام',
    rtl: true,
  },
  de: {
    name: 'Deutsch',
    title: 'BITTE HELFEN SIE MIR',
    who: 'Ich arbeite hier und komme aus Vietnam. Ich spreche wenig Deutsch.',
    need: 'Ich bin in Gefahr und brauche Hilfe.',
    call: 'Bitte rufen Sie an:',
    myName: 'Name',
    place: 'Mein Standort',
    noPlace: 'Standort unbekannt',
    mission: 'Bitte verständigen Sie die vietnamesische Botschaft',
  },
  ro: {
    name: 'Română',
    title: 'VĂ ROG, AJUTAȚI-MĂ',
    who: 'Lucrez aici și vin din Vietnam. Nu vorbesc bine româna.',
    need: 'Sunt în pericol și am nevoie de ajutor.',
    call: 'Vă rog să sunați la:',
    myName: 'Nume',
    place: 'Locul meu',
    noPlace: 'Loc necunoscut',
    mission: 'Vă rog să contactați Ambasada Vietnamului',
  },
};

const OF_COUNTRY: Record<string, CardLanguage> = {
  ...{ TW: 'zh-TW', HK: 'zh-TW', MO: 'zh-TW', JP: 'ja', KR: 'ko', MY: 'ms', BN: 'ms' },
  ...{ SA: 'ar', AE: 'ar', QA: 'ar', KW: 'ar', BH: 'ar', OM: 'ar', JO: 'ar', EG: 'ar', LY: 'ar', DZ: 'ar', MA: 'ar', TN: 'ar', IQ: 'ar', LB: 'ar' },
  ...{ DE: 'de', AT: 'de', CH: 'de', RO: 'ro', MD: 'ro' },
};

/** The language most people read in a country; English where this app has no other. */
export function cardLanguage(country: string | null): CardLanguage {
  return (country && OF_COUNTRY[country]) || 'en';
}
