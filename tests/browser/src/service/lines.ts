import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { until } from '../wait';

/** What a program prints, line by line. */
export class Lines {
  readonly all: string[] = [];

  constructor(stream: Readable) {
    createInterface({ input: stream }).on('line', (line) => this.all.push(line));
  }

  /** The first line for which `look` gives something. */
  first<T>(what: string, look: (line: string) => T | null | undefined | false, limit_ms?: number): Promise<T> {
    let next = 0;
    return until(
      `a line with ${what}`,
      () => {
        for (; next < this.all.length; next++) {
          const found = look(this.all[next] as string);
          if (found) return found;
        }
        return null;
      },
      limit_ms,
    );
  }
}
