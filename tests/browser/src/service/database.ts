import { run } from './programs';
import type { ServiceInfo } from './service';

/** Rows of a query, each column as text. */
export async function query(info: ServiceInfo, sql: string): Promise<string[][]> {
  const args = [info.readBackUrl, '--no-psqlrc', '--tuples-only', '--no-align', '--field-separator', '\t', '--command', sql];
  const out = await run('psql', args, {});
  return out.split('\n').filter(Boolean).map((line) => line.split('\t'));
}
