// The SMS of an SOS: to the service, which reads the coded text, or to a person, in words.
import type { AlertId, UnixMs } from '@protocol';
import { intoAlert, type Position } from '../bridge/bridge';
import { smsText } from '../bridge/sms_text';
import { smsLink } from './sms_link';

export interface SmsSos {
  alert_id: AlertId;
  pressed_at_ms: UnixMs;
  /** The newest known, which may be newer than the press: its time goes with it. */
  position: Position | null;
  battery_pct: number | null;
  /** Null: nobody has enrolled this phone. */
  device_id: string | null;
}

/** Opens the composer with the text that the service knows again as this press, however else it arrives. */
export function serviceSms(number: string, { alert_id, pressed_at_ms, position, battery_pct, device_id }: SmsSos): string {
  const alert = { ...intoAlert({ position, battery_pct }, pressed_at_ms), alert_id };
  return smsLink(number, smsText(alert, device_id));
}
