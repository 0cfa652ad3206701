import { expect, it } from 'vitest';
import { Api } from '../lib/api';
import { ManualClock } from '../testing/manual_clock';
import { Attachments } from './attachments';

async function trouble(answer: () => Response): Promise<{ asked: string[]; why: string; errors: unknown[] }> {
  const asked: string[] = [];
  const errors: unknown[] = [];
  const fetch = (async (path: string) => {
    asked.push(path);
    return answer();
  }) as unknown as typeof globalThis.fetch;
  const attachments = new Attachments({
    api: new Api({ fetch, clock: new ManualClock() }),
    onError: (error) => errors.push(error),
  });
  return { why: await attachments.troubleWith('c1', 't1'), asked, errors };
}

const problem = (status: number, code: string) => () => Response.json({ code, status }, { status });

it.each([
  ['refused', problem(404, 'not_found')],
  ['refused', problem(403, 'forbidden')],
  ['failed', problem(503, 'unavailable')],
  ['failed', () => new Response('<html>', { status: 502 })],
  ['unreadable', () => new Response('JFIF')],
] as const)('an attachment that is not shown is %s', async (expected, answer) => {
  const { why, asked } = await trouble(answer);
  expect(why).toBe(expected);
  expect(asked).toEqual(['/api/cases/c1/attachments/t1']);
});

it('fails where nobody answers', async () => {
  const away = () => {
    throw new TypeError('network');
  };
  expect((await trouble(away)).why).toBe('failed');
});

it('tells the session that it has ended', async () => {
  const { why, errors } = await trouble(problem(401, 'not_signed_in'));
  expect(why).toBe('refused');
  expect(errors).toHaveLength(1);
});
