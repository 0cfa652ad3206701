import type {
  AdminLedger,
  CoverView,
  DeskId,
  DeskSettingsList,
  Me,
  Numbers,
  StaffAccounts,
  StaffId,
  Texts,
  Tokens,
} from '@protocol';
import { getContext, setContext } from 'svelte';
import { AdminApi } from '../../lib/admin/api';
import { coverDesk, mayArrange, type RoomName } from '../../lib/admin/rooms';
import { en } from '../../lib/i18n/admin/en';
import { vi, type AdminTexts } from '../../lib/i18n/admin/vi';
import type { Console } from '../console.svelte';
import { Shelf } from './shelf.svelte';

/** What is open in an editor, as far as leaving it goes. */
export interface Held {
  readonly dirty: boolean;
  discard: () => void;
  /** What is said before it is left; none: that there are unsaved changes. */
  warning?: { title: string; lead: string; go: string };
}

/** Administration and cover: what was loaded, and what must not be lost by leaving. */
export class Office {
  readonly console: Console;
  readonly me: Me;
  readonly api: AdminApi;
  readonly cover: Shelf<CoverView>;
  readonly desks: Shelf<DeskSettingsList>;
  readonly numbers: Shelf<Numbers>;
  readonly staff: Shelf<StaffAccounts>;
  readonly texts: Shelf<Texts>;
  readonly tokens: Shelf<Tokens>;
  readonly ledger: Shelf<AdminLedger>;
  readonly t: AdminTexts = $derived.by(() => (this.console.settings.language === 'en' ? en : vi));
  held = $state.raw<Held | null>(null);
  /** Where to go once it is said what becomes of the changes. */
  leaving = $state.raw<(() => void) | null>(null);

  constructor(console: Console, me: Me) {
    this.console = console;
    this.me = me;
    this.api = new AdminApi(console.api);
    this.cover = new Shelf(this.api.cover, this.onError);
    this.desks = new Shelf(this.api.desks, this.onError);
    this.numbers = new Shelf(this.api.numbers, this.onError);
    this.staff = new Shelf(this.api.staff, this.onError);
    this.texts = new Shelf(this.api.texts, this.onError);
    this.tokens = new Shelf(this.api.tokens, this.onError);
    this.ledger = new Shelf(this.api.ledger, this.onError);
  }

  onError = (error: unknown): void => this.console.session.noticeError(error);

  get mayArrange(): boolean {
    return mayArrange(this.me);
  }

  /** The one desk whose cover is theirs; none: that of every desk. */
  get ownDesk(): DeskId | null {
    return coverDesk(this.me);
  }

  /** The desks whose cover they see. */
  get coverDesks(): { desk_id: DeskId; name: string; time_zone?: string | null }[] {
    const { list } = this.console.desks;
    const own = this.ownDesk;
    if (own === null) return list;
    const known = list.filter((desk) => desk.desk_id === own);
    return known.length > 0 || !this.me.desk ? known : [this.me.desk];
  }

  /** The ministry's desk, which is in no country. */
  get ministry(): DeskId | null {
    return this.console.desks.list.find((desk) => !desk.country)?.desk_id ?? null;
  }

  deskName = (id: DeskId): string => this.console.desks.name(id);

  staffName = (id: StaffId): string => {
    return this.cover.value?.colleagues.find((other) => other.staff_id === id)?.name ?? this.t.gone;
  };

  get dirty(): boolean {
    return this.held?.dirty ?? false;
  }

  /** Goes on at once, or asks first what becomes of the changes. */
  leave = (go: () => void): void => {
    if (this.dirty) this.leaving = go;
    else go();
  };

  abandon = (): void => {
    const go = this.leaving;
    this.leaving = null;
    this.held?.discard();
    go?.();
  };

  stay = (): void => {
    this.leaving = null;
  };

  enter = (room: RoomName): void => this.leave(() => this.console.openRoom(room));
}

const KEY = Symbol('office');

export function provideOffice(office: Office): Office {
  return setContext(KEY, office);
}

export function useOffice(): Office {
  return getContext<Office>(KEY);
}
