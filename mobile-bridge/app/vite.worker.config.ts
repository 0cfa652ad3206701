// The service worker: one classic script beside the pages, built after them because it knows their names.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const DIST = fileURLToPath(new URL('dist/', import.meta.url));
const SCRIPT = 'sw.js';

/** Every built file but the script itself, and a name for this set of contents. */
function built(): { files: string[]; version: string } {
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== SCRIPT)
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('//', '/').slice(DIST.length))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(DIST + file));
  return { files: files.map((file) => (file === 'index.html' ? '' : file)), version: hash.digest('hex').slice(0, 16) };
}

export default defineConfig(() => {
  const { files, version } = built();
  return {
    base: '/app/',
    publicDir: false as const,
    define: { __FILES__: JSON.stringify(files), __VERSION__: JSON.stringify(version) },
    resolve: { alias: { '@protocol': fileURLToPath(new URL('../../protocol/ts/protocol.ts', import.meta.url)) } },
    build: {
      target: ['chrome96', 'safari15.4', 'firefox100'],
      emptyOutDir: false,
      lib: { entry: 'src/worker/main.ts', formats: ['iife' as const], name: 'worker', fileName: () => SCRIPT },
    },
  };
});
