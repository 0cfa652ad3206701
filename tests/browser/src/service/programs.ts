import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Top of the repository. */
export const TOP = fileURLToPath(new URL('../../../../', import.meta.url));

const folder = process.env.PROGRAMS_FOLDER ?? `${TOP}target/debug`;
export const SERVER = `${folder}/sos-server`;
export const OPS = `${folder}/sos-ops`;

const execute = promisify(execFile);

/** Runs a program to its end, and returns what it printed. One that ends without reading its input has not failed by that. */
export async function run(program: string, args: string[], env: Record<string, string>, input = ''): Promise<string> {
  const running = execute(program, args, { cwd: TOP, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.on('error', () => {});
  running.child.stdin?.end(input);
  return (await running).stdout;
}
