import { expect, it } from 'vitest';
import { enrolledHolder, FakeService } from '../testing/device';
import { ManualClock } from '../testing/manual_clock';
import { serviceSettings } from './service_settings';

const KEY = `B${'a'.repeat(86)}`;
const HOUR_MS = 3_600_000;

async function world() {
  const service = new FakeService();
  return { service, parts: { holder: await enrolledHolder(), fetch: service.fetch, clock: new ManualClock() } };
}

it('asks once in twelve hours, and keeps what was answered', async () => {
  const { service, parts } = await world();
  expect(await serviceSettings(parts)).toEqual({});
  service.answer = () => Response.json({ web_push_key: KEY, sms_number: '+84900000000' });
  const said = { web_push_key: KEY, sms_number: '+84900000000' };
  expect(await serviceSettings(parts)).toEqual(said);
  parts.clock.advance(11 * HOUR_MS);
  expect(await serviceSettings(parts)).toEqual(said);
  expect(service.asked.map(({ path }) => path)).toEqual(['/api/settings', '/api/settings']);
  parts.clock.advance(2 * HOUR_MS);
  service.answer = () => null;
  expect(await serviceSettings(parts)).toEqual(said);
  service.answer = () => Response.json({});
  expect(await serviceSettings(parts)).toEqual({});
  expect(service.asked).toHaveLength(4);
});

it('uses no number and no key that is none', async () => {
  const { service, parts } = await world();
  service.answer = () => Response.json({ web_push_key: 'short', sms_number: '+84;body=x' });
  expect(await serviceSettings(parts)).toEqual({});
});
