import type { Names } from '../../../lib/i18n/admin/plan_words';
import type { Office } from '../../../state/admin/office.svelte';

/** What plans name by id, as the office knows it now. */
export function namesOf(office: Office): Names {
  const cover = office.cover.value;
  return {
    t: office.t.policies,
    staff: office.staffName,
    desk: office.deskName,
    rota: (id) => cover?.rotas.find(({ rota }) => rota.id === id)?.rota.name,
    webhook: (id) => cover?.webhooks.find(({ webhook_id }) => webhook_id === id)?.name,
    span: (ms) => office.console.settings.format.span(ms),
  };
}
