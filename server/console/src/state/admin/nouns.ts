import type {
  DeskId,
  DeskSettings,
  Holidays,
  NumberEntry,
  Policy,
  PutRota,
  PutStaff,
  PutWebhook,
  RotaView,
  StaffAccount,
  Texts,
  WebhookView,
} from '@protocol';
import { faultsOfPolicy, faultsOfRota } from '../../lib/admin/cover_faults';
import { unsetFor } from '../../lib/admin/escalation';
import {
  faultsOfDesk,
  faultsOfHolidays,
  faultsOfNumber,
  faultsOfStaff,
  faultsOfTexts,
  faultsOfWebhook,
} from '../../lib/admin/faults';
import { Noun } from './noun.svelte';
import type { Office } from './office.svelte';

/** Where each kind of thing comes from, and how it is kept. */

export function desksOf(office: Office): Noun<DeskSettings, DeskSettings> {
  return new Noun({
    items: () => office.desks.value?.desks ?? [],
    reload: office.desks.load,
    idOf: (desk) => desk.desk_id,
    bodyOf: (desk) => desk,
    put: office.api.putDesk,
    faults: (desk) => faultsOfDesk(desk, office.t),
    onError: office.onError,
  });
}

export function numbersOf(office: Office): Noun<NumberEntry, NumberEntry> {
  return new Noun({
    items: () => office.numbers.value?.numbers ?? [],
    reload: office.numbers.load,
    idOf: (entry) => entry.key,
    bodyOf: (entry) => entry,
    put: office.api.putNumber,
    faults: (entry) => faultsOfNumber(entry, office.t),
    onError: office.onError,
  });
}

export function staffOf(office: Office): Noun<StaffAccount, PutStaff> {
  const items = () => office.staff.value?.staff ?? [];
  const isNew = (id: string) => !items().some((other) => other.staff_id === id);
  return new Noun<StaffAccount, PutStaff>({
    items,
    reload: office.staff.load,
    idOf: (account) => account.staff_id,
    bodyOf: (account) => ({ account, password: '' }),
    // An empty password is none: the old one stays.
    put: ({ account, password }) => office.api.putStaff(password ? { account, password } : { account }),
    faults: (body) => faultsOfStaff(body, isNew(body.account.staff_id), office.t),
    onError: office.onError,
  });
}

export function rotasOf(office: Office): Noun<RotaView, PutRota> {
  return new Noun({
    items: () => office.cover.value?.rotas ?? [],
    reload: office.cover.load,
    idOf: ({ rota }) => rota.id,
    bodyOf: ({ rota, version }) => ({ rota, version }),
    put: office.api.putRota,
    remove: office.mayArrange ? ({ rota, version }) => office.api.removeRota(rota.id, version) : undefined,
    faults: ({ rota }) => faultsOfRota(rota, office.t),
    onError: office.onError,
  });
}

/** A desk, and what is told while nobody answers there. */
export interface DeskPolicy {
  desk: DeskId;
  name: string;
  policy: Policy;
  /** Nobody has set one: it is what the service brings. */
  isUnset: boolean;
}

export function policiesOf(office: Office): Noun<DeskPolicy, Policy> {
  const items = (): DeskPolicy[] => {
    const cover = office.cover.value;
    if (!cover) return [];
    return office.coverDesks.map(({ desk_id, name }) => {
      const own = cover.policies.find((other) => other.desk === desk_id);
      const policy = own ?? unsetFor(desk_id, cover.unset, office.ministry);
      return { desk: desk_id, name, policy, isUnset: own === undefined };
    });
  };
  return new Noun({
    items,
    reload: office.cover.load,
    idOf: ({ desk }) => desk,
    bodyOf: ({ policy }) => policy,
    put: office.api.putPolicy,
    faults: (policy) => faultsOfPolicy(policy, office.t),
    onError: office.onError,
  });
}

export function webhooksOf(office: Office): Noun<WebhookView, PutWebhook> {
  return new Noun({
    items: () => office.cover.value?.webhooks ?? [],
    reload: office.cover.load,
    idOf: (webhook) => webhook.webhook_id,
    bodyOf: (webhook) => ({ webhook }),
    put: office.api.putWebhook,
    remove: ({ webhook_id, version }) => office.api.removeWebhook(webhook_id, version),
    faults: (body) => faultsOfWebhook(body, office.ownDesk, office.t),
    onError: office.onError,
  });
}

/** The holidays are kept as a whole. */
export const WHOLE = 'all';

export function holidaysOf(office: Office): Noun<Holidays, Holidays> {
  return new Noun({
    items: () => {
      const cover = office.cover.value;
      return cover ? [{ version: cover.holidays_version, days: cover.holidays }] : [];
    },
    reload: office.cover.load,
    idOf: () => WHOLE,
    bodyOf: (holidays) => holidays,
    put: office.api.putHolidays,
    faults: (holidays) => faultsOfHolidays(holidays, office.t),
    onError: office.onError,
  });
}

export function textsOf(office: Office): Noun<Texts, Texts> {
  return new Noun({
    items: () => (office.texts.value ? [office.texts.value] : []),
    reload: office.texts.load,
    idOf: () => WHOLE,
    bodyOf: (texts) => texts,
    put: office.api.putTexts,
    faults: (texts) => faultsOfTexts(texts, office.t),
    onError: office.onError,
  });
}
