// What the service says of itself: asked for now and then, kept, and used without network.
import type { PhoneSettings } from '@protocol';
import type { Clock } from './ambient';
import { call, type Fetch } from './calls';
import type { Holder } from './holder';

/** How long an answer holds, in milliseconds: keys and numbers change once in years. */
const HOLDS_MS = 12 * 3600 * 1000;

export interface SettingsParts {
  holder: Holder;
  fetch: Fetch;
  clock: Clock;
}

/** The settings, asked for if those that are kept are old; without an answer the old ones, and at first none. */
export async function serviceSettings({ holder, fetch, clock }: SettingsParts): Promise<PhoneSettings> {
  const { service } = await holder.use((outbox) => outbox.about()).catch(() => ({ service: undefined }));
  const age_ms = service ? clock.now() - service.asked_at_ms : Number.NaN;
  if (service && age_ms >= 0 && age_ms < HOLDS_MS) return service.settings;
  try {
    const settings = usable(await call<PhoneSettings>(fetch, '/api/settings'));
    const asked_at_ms = clock.now();
    await holder.use((outbox) => outbox.setAbout({ service: { asked_at_ms, settings } })).catch(() => {});
    return settings;
  } catch {
    return service?.settings ?? {};
  }
}

/** Only what looks as the protocol says: it goes into addresses of calls and keys. */
function usable({ web_push_key, sms_number }: PhoneSettings): PhoneSettings {
  return {
    ...(/^[\w-]{80,100}$/.test(web_push_key ?? '') && { web_push_key }),
    ...(/^\+?[0-9]{3,20}$/.test(sms_number ?? '') && { sms_number }),
  };
}
