// Measures what a phone loads before it can send an SOS, and refuses a build in which that has grown too large.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Compressed, in bytes: some seconds on 2G. */
const BYTES_MAX = 60 * 1024;
const DIST = new URL('../dist/', import.meta.url);

const page = readFileSync(new URL('index.html', DIST));
const assets = [...page.toString().matchAll(/(?:src|href)="\/app\/(assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
const sizes = [page, ...assets.map((path) => readFileSync(new URL(path, DIST)))].map((bytes) => gzipSync(bytes).length);
const total = sizes.reduce((sum, size) => sum + size, 0);
const text = `before the first SOS: ${(total / 1024).toFixed(1)} KB compressed, in ${sizes.length} files`;
if (total > BYTES_MAX) {
  console.error(`${text}; at most ${BYTES_MAX / 1024} KB`);
  process.exit(1);
}
console.log(text);
