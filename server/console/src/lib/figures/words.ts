import type { DeskId, Figures, UnixMs } from '@protocol';
import { HANOI, type Format } from '../i18n/format';
import type { FiguresTexts } from '../i18n/figures/vi';
import type { Texts } from '../i18n/vi';
import type { Day } from '../admin/zones';
import type { Amounts } from './amounts';

/** What figures are put into words with. */
export interface FigureWords {
  /** Of the figures. */
  f: FiguresTexts;
  /** Of the whole console. */
  t: Texts;
  format: Format;
  amounts: Amounts;
  countryName: (code: string) => string;
}

/** `01/11/2026` */
export function dayText(day: Day, w: FigureWords): string {
  return w.format.date(Date.parse(`${day}T00:00Z`), 'UTC');
}

/** `giờ Hà Nội (Asia/Ho_Chi_Minh)` */
export function zoneText(zone: string, w: FigureWords): string {
  return w.f.zone(zone === HANOI ? w.f.hanoi : w.f.local, zone);
}

/** The days and the clock that the figures are of. */
export function askedText({ query }: Pick<Figures, 'query'>, w: FigureWords): string {
  return w.f.asked(daysText(query, w), zoneText(query.zone, w));
}

export function daysText({ from, to }: { from: Day; to: Day }, w: FigureWords): string {
  return from === to ? w.f.oneDay(dayText(from, w)) : w.f.days(dayText(from, w), dayText(to, w));
}

/** What else than the period the cases were chosen by. */
export function narrowedText({ query }: Pick<Figures, 'query'>, deskName: (id: DeskId) => string, w: FigureWords): string[] {
  const { desk, country, kind, disposition } = query;
  return [
    desk && deskName(desk),
    country && w.countryName(country),
    kind && w.t.kind[kind],
    disposition && w.t.disposition[disposition],
  ].filter((text): text is string => Boolean(text));
}

/** `22/11/2026 14:03` */
export function momentText(at: UnixMs, zone: string, w: FigureWords): string {
  return `${w.format.date(at, zone)} ${w.format.hourMinute(at, zone)}`;
}
