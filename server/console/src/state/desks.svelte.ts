import type { DeskId, DeskView } from '@protocol';
import type { Api } from '../lib/api';

/** All desks, for names and for transfers. */
export class Desks {
  list = $state.raw<DeskView[]>([]);
  failed = $state(false);
  readonly #api: Api;
  readonly #byId = $derived(new Map(this.list.map((desk) => [desk.desk_id, desk])));

  constructor(api: Api) {
    this.#api = api;
  }

  name(id: DeskId): string {
    return this.#byId.get(id)?.name ?? id;
  }

  async load(): Promise<void> {
    try {
      this.list = (await this.#api.desks()).desks;
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
}
