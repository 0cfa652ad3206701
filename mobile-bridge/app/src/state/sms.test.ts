import { expect, it } from 'vitest';
import vectors from '../../../../protocol/vectors/sms.json';
import type { Position } from '../bridge/bridge';
import { serviceSms } from './sms';
import { smsLink } from './sms_link';

const here: Position = { lat: 25.047803, lon: 121.517096, accuracy_m: 19.2, fix_time_ms: 1_790_000_000_900, source: null, speed_mps: null, heading_deg: null, battery_pct: 41 };

const textOf = (link: string) => decodeURIComponent(link.slice(link.indexOf('body=') + 5));

it('opens the composer with the number and the text as it is', () => {
  const text = 'SOS 25.04780,121.51710 +-20m 80% #20CG & ?';
  const link = smsLink('+84 90-000', text);
  expect(link.startsWith('sms:+8490000?&body=SOS%20')).toBe(true);
  expect(link.slice(link.indexOf('body='))).not.toMatch(/[#&+ ]/);
  expect(textOf(link)).toBe(text);
});

it('writes the press that waits, with what is known now, as the service reads it', () => {
  const [{ alert, device_id, text } = { alert: { alert_id: '', device_time_ms: 0 }, device_id: null, text: '' }] = vectors;
  const sos = { alert_id: alert.alert_id, pressed_at_ms: alert.device_time_ms ?? 0, device_id };
  const withKind = textOf(serviceSms('+84900000000', { ...sos, position: here, battery_pct: 80 }));
  // The same place and charge for people; the code differs by the kind, which nobody has said here.
  expect(withKind.split('#')[0]).toBe(text.split('#')[0]);
  expect(textOf(serviceSms('+84900000000', { ...sos, position: null, battery_pct: null }))).toMatch(/^SOS #[0-9A-Z]+$/);
});
