// Telephone numbers, offline: made from server/data by scripts/directory.mjs, loaded after the first screen stands.

/**
 * How far a number can be trusted. `agree`: independent lists say the same; `reported`: a dated source says so;
 * `doubtful`: old, in conflict, or from one source only. Nobody has called any of them.
 */
export type Trust = 'agree' | 'reported' | 'doubtful';

export type EmergencyKindOfLine = 'unified' | 'police' | 'ambulance' | 'fire' | 'maritime' | 'mobile';

export interface Emergency {
  what: EmergencyKindOfLine[];
  number: string;
  status: Trust;
}

export type LineName =
  | 'hotline'
  | 'main'
  | 'labour'
  | 'mofa'
  | 'mofa_second'
  | 'tw_1955'
  | 'kr_danuri'
  | 'kr_immigration'
  | 'kr_workers'
  | 'jp_otit'
  | 'vn_maritime';

export interface Line {
  what: LineName;
  number: string;
  status: Trust;
  /** When the source said so, e.g. `2024-04`; empty where it is not known. */
  as_of: string;
}

export interface Desk {
  id: string;
  name: string;
  lines: Line[];
}

export interface Country {
  emergency: Emergency[];
  desks: Desk[];
  /** Help lines of the country that speak Vietnamese or are for foreign workers. */
  lines: Line[];
}

export interface Directory {
  countries: Record<string, Country>;
  national: Line[];
}

/** The numbers; they are kept with the app, so that this needs no network. */
export async function loadDirectory(): Promise<Directory> {
  return (await import('../generated/directory.json')).default as Directory;
}

/** The number to call first: the police of the country where that is sure, else the national line. */
export function firstCall(directory: Directory, country: string | null): { number: string; what: EmergencyKindOfLine | 'mofa' } | null {
  const emergency = (country && directory.countries[country]?.emergency) || [];
  const sure = emergency.find((line) => line.status === 'agree' && line.what.some((what) => what === 'police' || what === 'unified'));
  if (sure) return { number: sure.number, what: sure.what.includes('police') ? 'police' : 'unified' };
  const national = directory.national[0];
  return national ? { number: national.number, what: 'mofa' } : null;
}

/** Who can read an SMS: the hotline of the country's desk where it is not doubtful, else the national line. */
export function smsNumber(directory: Directory, country: string | null): string | null {
  const desks = (country && directory.countries[country]?.desks) || [];
  const lines = desks.length === 1 ? (desks[0]?.lines ?? []) : [];
  const hotline = lines.find((line) => line.what === 'hotline' && line.status !== 'doubtful');
  return hotline?.number ?? directory.national[0]?.number ?? null;
}

/** As `tel:` and `sms:` want it. */
export function dialled(number: string): string {
  return number.replace(/[^+0-9]/g, '');
}
