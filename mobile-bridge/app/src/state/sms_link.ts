import { dialled } from './directory';

/** Opens the composer, on Android (`?body=`) and on iOS (`&body=`): each reads past the other's sign. */
export function smsLink(number: string, text: string): string {
  return `sms:${dialled(number)}?&body=${encodeURIComponent(text)}`;
}
