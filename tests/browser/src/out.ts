import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OUT = fileURLToPath(new URL('../out/', import.meta.url));

/** Path of a file that is kept for people to look at; the folder is not under version control. */
export function outFile(name: string): string {
  mkdirSync(OUT, { recursive: true });
  return `${OUT}${name}`;
}
