import type { Part } from '@protocol';
import { LOCALE, type Language } from '../i18n/format';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Shares closer to none or all than this are not said as a number: they would be rounded to it. */
const LEAST_SAID = 0.001;

/** Stands where there is nothing to say a number of. */
export const NONE = '–';

/** Numbers, shares and durations in the words of one language, by `Intl` alone. */
export class Amounts {
  readonly locale: string;
  readonly #whole: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #list: Intl.ListFormat;
  readonly #units = new Map<string, Intl.NumberFormat>();

  constructor(language: Language) {
    this.locale = LOCALE[language];
    this.#whole = new Intl.NumberFormat(this.locale, { maximumFractionDigits: 0 });
    this.#percent = new Intl.NumberFormat(this.locale, { style: 'percent', maximumFractionDigits: 1 });
    this.#list = new Intl.ListFormat(this.locale, { type: 'unit', style: 'narrow' });
  }

  count(n: number): string {
    return this.#whole.format(n);
  }

  /** `87,5%`. Never all where one is missing, and never none where there is one: `> 99,9%`, `< 0,1%`. */
  share({ cases, over }: Part): string {
    if (over === 0) return NONE;
    const part = cases / over;
    if (part > 0 && part < LEAST_SAID) return `< ${this.#percent.format(LEAST_SAID)}`;
    if (part < 1 && part > 1 - LEAST_SAID) return `> ${this.#percent.format(1 - LEAST_SAID)}`;
    return this.#percent.format(part);
  }

  /** A share beside what was wanted. What falls short of it by too little to be seen is `< 90%`, and not as much as it. */
  reached(part: Part, wantedPct: number): string {
    const { cases, over } = part;
    const tenths = Math.floor((cases * 2000 + over) / (2 * over));
    const falls = over > 0 && cases * 100 < wantedPct * over;
    return falls && tenths >= wantedPct * 10 ? `< ${this.percent(wantedPct)}` : this.share(part);
  }

  percent(pct: number): string {
    return this.#percent.format(pct / 100);
  }

  /** `0,4 giây`, `12 giây`, `1 phút 30 giây`, `3 giờ 5 phút`, `12 ngày 4 giờ`: two units at most. */
  duration(ms: number | null | undefined): string {
    if (ms == null) return NONE;
    // To a tenth, so that what took longer than a target of seconds does not read like it.
    if (ms < MINUTE - SECOND / 20) return this.#unit(Math.round(ms / 100) / 10, 'second');
    if (ms < HOUR - SECOND / 2) return this.#two(ms, [MINUTE, 'minute'], [SECOND, 'second']);
    if (ms < 2 * DAY - MINUTE / 2) return this.#two(ms, [HOUR, 'hour'], [MINUTE, 'minute']);
    return this.#two(ms, [DAY, 'day'], [HOUR, 'hour']);
  }

  #two(ms: number, [large, largeName]: [number, string], [small, smallName]: [number, string]): string {
    const all = Math.round(ms / small);
    const ratio = large / small;
    const said = [this.#unit(Math.floor(all / ratio), largeName)];
    if (all % ratio > 0) said.push(this.#unit(all % ratio, smallName));
    return this.#list.format(said);
  }

  #unit(value: number, unit: string): string {
    const known = this.#units.get(unit);
    const format = known ?? new Intl.NumberFormat(this.locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 });
    if (!known) this.#units.set(unit, format);
    // A number stays beside its unit where lines are broken.
    return format.format(value).replace(/ /g, '\u00A0');
  }
}

/** Per cent, to four places; 0 over none. */
export function shareOf({ cases, over }: Part): number {
  return over === 0 ? 0 : Math.round((cases / over) * 1_000_000) / 10_000;
}
