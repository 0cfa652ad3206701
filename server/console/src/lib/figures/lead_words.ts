import type { FigureGroup, Figures } from '@protocol';
import type { Lead } from './leads';
import { dayText, type FigureWords } from './words';

/** What a line is called in its table, and its cases above them. A span has its days in the table. */
export function lineText(group: FigureGroup, { spans, by_desk }: Pick<Figures, 'spans' | 'by_desk'>, w: FigureWords): string {
  switch (group.by) {
    case 'span':
      return w.f.behind.span[spans](spans === 'month' ? dayText(group.from, w).slice(3) : dayText(group.from, w));
    case 'hour':
      return hourText(group.hour);
    case 'weekday':
      // The first of January 2024 was a Monday.
      return new Intl.DateTimeFormat(w.amounts.locale, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + group.weekday));
    case 'country':
      return group.country ? w.countryName(group.country) : w.f.unknownCountry;
    case 'desk':
      return by_desk.find(({ desk_id }) => desk_id === group.desk_id)?.name ?? '';
    case 'kind':
      return group.kind ? w.t.kind[group.kind] : w.f.kindUnsaid;
    case 'disposition':
      return group.disposition ? w.t.disposition[group.disposition] : w.f.notClosed;
  }
}

function hourText(hour: number): string {
  const two = String(hour).padStart(2, '0');
  return `${two}:00–${two}:59`;
}

/** Which cases a number of `figures` leads to. */
export function leadText(lead: Lead, figures: Pick<Figures, 'spans' | 'by_desk'>, w: FigureWords): string {
  const { title, drills } = w.f.behind;
  if ('drills' in lead) return drills[lead.of];
  if ('within_s' in lead) return title[lead.of](w.amounts.duration(lead.within_s * 1000));
  // The dot stays at the end of a line.
  return lead.group ? `${title[lead.of]}\u00A0· ${lineText(lead.group, figures, w)}` : title[lead.of];
}
