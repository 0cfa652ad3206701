import type { UnixMs } from '@protocol';
import type { Texts } from './vi';

export type Language = 'vi' | 'en';
export const HANOI = 'Asia/Ho_Chi_Minh';

export const LOCALE: Record<Language, string> = { vi: 'vi-VN', en: 'en-GB' };

/** Dates, times, spans and numbers in the words of one language. */
export class Format {
  readonly #locale: string;
  readonly #t: Texts;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();
  readonly #numbers = new Map<number, Intl.NumberFormat>();
  /** Made once: a row of the queue asks for it whenever it is drawn. */
  #regions: Intl.DisplayNames | null = null;

  constructor(language: Language, texts: Texts) {
    this.#locale = LOCALE[language];
    this.#t = texts;
  }

  /** `14:03:12` */
  clock(at: UnixMs, zone: string = HANOI): string {
    return this.#date(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at);
  }

  /** `14:03` */
  hourMinute(at: UnixMs, zone: string = HANOI): string {
    return this.#date(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  }

  /** `22/11` */
  day(at: UnixMs, zone: string = HANOI): string {
    // The order and the dash differ between releases of the browsers' locale data.
    const parts = this.#date(zone, { day: '2-digit', month: '2-digit' }).formatToParts(at);
    const part = (type: string) => parts.find((other) => other.type === type)?.value ?? '';
    return `${part('day')}/${part('month')}`;
  }

  /** `22/11/2026` */
  date(at: UnixMs, zone: string = HANOI): string {
    const year = this.#date(zone, { year: 'numeric' }).formatToParts(at).find(({ type }) => type === 'year');
    return `${this.day(at, zone)}/${year?.value ?? ''}`;
  }

  /** `CN 22/11` */
  weekday(at: UnixMs, zone: string = HANOI): string {
    return `${this.#date(zone, { weekday: 'short' }).format(at)} ${this.day(at, zone)}`;
  }

  /** `Thứ Bảy 21/11 22:00` */
  dayTime(at: UnixMs, zone: string = HANOI): string {
    const weekday = this.#date(zone, { weekday: 'long', hourCycle: 'h23' }).format(at);
    return `${weekday} ${this.day(at, zone)} ${this.hourMinute(at, zone)}`;
  }

  /** The time, with the day where that is not today's. */
  moment(at: UnixMs, now: UnixMs, zone: string = HANOI): string {
    const time = this.clock(at, zone);
    return this.day(at, zone) === this.day(now, zone) ? time : `${time} ${this.day(at, zone)}`;
  }

  /** How long: the largest unit only. */
  span(ms: number): string {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return this.#t.time.seconds(s);
    if (s < 3600) return this.#t.time.minutes(Math.floor(s / 60));
    if (s < 48 * 3600) return this.#t.time.hours(Math.floor(s / 3600));
    return this.#t.time.days(Math.floor(s / 86_400));
  }

  ago(ms: number): string {
    return ms < 1000 ? this.#t.time.justNow : this.#t.time.ago(this.span(ms));
  }

  /** `0:42`, `12:05`, `3:10:00`; past that the largest unit. */
  countdown(ms: number): string {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s >= 24 * 3600) return this.span(ms);
    const two = (n: number) => String(n).padStart(2, '0');
    const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
    return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  }

  number(value: number, digits = 0): string {
    const known = this.#numbers.get(digits);
    const format = known ?? new Intl.NumberFormat(this.#locale, { maximumFractionDigits: digits });
    if (!known) this.#numbers.set(digits, format);
    return format.format(value);
  }

  /** `12 m`, `3,4 km` */
  distance(m: number): string {
    return m < 1000 ? `${this.number(Math.max(1, Math.round(m)))} m` : `${this.number(m / 1000, m < 10_000 ? 1 : 0)} km`;
  }

  /** `812 B`, `80 kB`, `1,2 MB` */
  fileSize(bytes: number): string {
    if (bytes < 1000) return `${this.number(bytes)} B`;
    return bytes < 999_500 ? `${this.number(bytes / 1000)} kB` : `${this.number(bytes / 1_000_000, 1)} MB`;
  }

  languageName(tag: string): string {
    try {
      return new Intl.DisplayNames([this.#locale], { type: 'language' }).of(tag) ?? tag;
    } catch {
      return tag;
    }
  }

  countryName(code: string): string {
    try {
      this.#regions ??= new Intl.DisplayNames([this.#locale], { type: 'region', style: 'short' });
      return this.#regions.of(code) ?? code;
    } catch {
      return code;
    }
  }

  #date(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = zone + Object.keys(options).join();
    const known = this.#formats.get(key);
    if (known) return known;
    const made = this.#make(zone, options);
    this.#formats.set(key, made);
    return made;
  }

  /** A desk's time zone is configuration: a misspelt one must not take the console down. */
  #make(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    try {
      return new Intl.DateTimeFormat(this.#locale, { ...options, timeZone: zone });
    } catch {
      return new Intl.DateTimeFormat(this.#locale, { ...options, timeZone: HANOI });
    }
  }
}

/** As people type it into a map: five decimals are about a metre. */
export function formatCoordinates(lat: number, lon: number): string {
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}
