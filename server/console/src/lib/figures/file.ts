import type { FiguresQuery } from '@protocol';
import { foldText } from '../cases/search';

/** `theo-gio-mo-ca_2026-01-01_2026-01-31_Asia-Ho_Chi_Minh.csv`: what the numbers in it are of. */
export function fileName(title: string, { from, to, zone }: FiguresQuery, ending: 'csv' | 'svg'): string {
  const name = foldText(title).replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `${name}_${from}_${to}_${zone.replaceAll('/', '-')}.${ending}`;
}
