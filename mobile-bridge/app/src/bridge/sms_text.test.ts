import { expect, it } from 'vitest';
import type { Alert } from '@protocol';
import vectors from '../../../../protocol/vectors/sms.json';
import { SMS_CHARS_MAX, smsText } from './sms_text';

it.each(vectors)('vector: $name', ({ alert, device_id, text }) => {
  expect(smsText(alert as Alert, device_id)).toBe(text);
  expect(text.length).toBeLessThanOrEqual(SMS_CHARS_MAX);
});
