import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outFile } from '../out';
import { until } from '../wait';
import { Lines } from './lines';
import { OPS, run, SERVER, TOP } from './programs';

/** How to reach a running service; plain data, so that it can be handed to the test files. */
export interface ServiceInfo {
  url: string;
  databaseUrl: string;
  /** The same database past its row-level security, for reading back what was recorded. */
  readBackUrl: string;
  redisUrl: string;
  secret: string;
  /** Folder of photos and voice notes. */
  attachments: string;
}

/** A private Postgres and Redis, and the service on top of them. */
export interface RunningService {
  info: ServiceInfo;
  stop: () => Promise<void>;
}

/** With these settings beside its own. */
export async function startService(settings: Record<string, string> = {}): Promise<RunningService> {
  const stack = spawn(OPS, ['stack'], { cwd: TOP, stdio: ['pipe', 'pipe', 'inherit'] });
  const urls = await new Lines(stack.stdout).first('the URLs of the stores', parseUrls, 90_000);
  const info: ServiceInfo = {
    url: `http://127.0.0.1:${await freePort()}`,
    databaseUrl: urls.database_url,
    readBackUrl: urls.superuser_url.replace('/postgres?', '/sos?'),
    redisUrl: urls.redis_url,
    secret: randomBytes(32).toString('base64url'),
    attachments: mkdtempSync(join(tmpdir(), 'sos-attachments-')),
  };
  await run(SERVER, ['migrate'], environment(info));
  const log = openSync(outFile('server.log'), 'w');
  const server = spawn(SERVER, ['serve'], {
    cwd: TOP,
    env: { ...process.env, ...environment(info), ...settings },
    stdio: ['ignore', log, log],
  });
  await until('the service is ready', () => isReady(info.url), 60_000);
  return {
    info,
    stop: async () => {
      await ended(server, () => server.kill('SIGTERM'));
      await ended(stack, () => stack.stdin.end());
    },
  };
}

/** The settings of the service, for itself and for its admin commands. */
export function environment(info: ServiceInfo): Record<string, string> {
  return {
    DATABASE_URL: info.databaseUrl,
    REDIS_URL: info.redisUrl,
    SOS_SECRET: info.secret,
    SOS_ATTACHMENTS: info.attachments,
    SOS_LISTEN: new URL(info.url).host,
    SOS_COOKIE_SECURE: 'false',
    SOS_LOG_JSON: 'false',
  };
}

async function ended(child: ChildProcess, end: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  end();
  await exit;
}

interface StoreUrls {
  database_url: string;
  superuser_url: string;
  redis_url: string;
}

function parseUrls(line: string): StoreUrls | null {
  return line.startsWith('{') ? JSON.parse(line) : null;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
