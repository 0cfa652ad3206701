import type { CoverView, DeskSettings, DeskView, Me, Policy, Rota, RotaView } from '@protocol';
import { flushSync, mount, unmount } from 'svelte';
import type { RoomName } from '../lib/admin/rooms';
import { Console } from '../state/console.svelte';
import { ManualClock, settle } from './manual_clock';
import OfficeHarness from './OfficeHarness.svelte';
import { anOfficer, NOON } from './samples';
import { Service } from './service';

/** Things that tests of the office begin with. */

const HOUR_MS = 3_600_000;

export function anAdministrator(): Me {
  return anOfficer({ staff_id: 'admin', name: 'Quản trị', role: 'administrator', desk: undefined, on_shift_since_ms: undefined });
}

export function aRota(change: Partial<Rota> = {}): Rota {
  return {
    id: 'r1',
    desk: 'tw-taipei',
    name: 'Trực đêm',
    time_zone: 'Asia/Taipei',
    layers: [
      { valid_from: '2026-11-01', turns: { kind: 'in_turn', staff: ['s1', 's2'], every: { weeks: 1 }, handover: '08:00:00' } },
    ],
    overrides: [],
    ...change,
  };
}

/** Lan is on call for a day from noon, then nobody for six hours. */
export function aRotaView(change: Partial<RotaView> = {}): RotaView {
  const end = NOON + 24 * HOUR_MS;
  return {
    rota: aRota(),
    version: 4,
    shifts: [{ from_ms: NOON, to_ms: end, staff: ['s2'] }],
    gaps: [[end, end + 6 * HOUR_MS]],
    ...change,
  };
}

export function aPolicy(change: Partial<Policy> = {}): Policy {
  const steps: Policy['common']['steps'] = [
    { delay_s: 0, targets: [{ kind: 'consoles' }] },
    { delay_s: 30, targets: [{ kind: 'supervisors' }] },
    { delay_s: 30, targets: [{ kind: 'desk', desk: 'ministry' }] },
  ];
  return { id: 'p0', desk: 'tw-taipei', version: 0, common: { steps, repeats: 1 }, silent_s: 600, ...change };
}

export function aCover(change: Partial<CoverView> = {}): CoverView {
  return {
    rotas: [aRotaView()],
    policies: [],
    unset: aPolicy(),
    webhooks: [],
    colleagues: [
      { staff_id: 's1', name: 'Minh', role: 'supervisor', desk_id: 'tw-taipei', on_shift: true, has_channel: true },
      { staff_id: 's2', name: 'Lan', role: 'dispatcher', desk_id: 'tw-taipei', on_shift: false, has_channel: false },
    ],
    holidays: [],
    holidays_version: 0,
    ...change,
  };
}

export function aDesk(change: Partial<DeskSettings> = {}): DeskSettings {
  return {
    desk_id: 'tw-taipei',
    version: 2,
    name: 'Đài Bắc',
    country: 'TW',
    is_ministry: false,
    is_principal: true,
    countries: ['TW'],
    time_zone: 'Asia/Taipei',
    lat: 25.03,
    lon: 121.56,
    claim_target_s: 20,
    ...change,
  };
}

export const DESKS: DeskView[] = [
  { desk_id: 'ministry', name: 'Bàn trực của Bộ', on_duty: 1 },
  { desk_id: 'tw-taipei', name: 'Đài Bắc', country: 'TW', time_zone: 'Asia/Taipei', on_duty: 1 },
];

/** An open office, before a service that exists only in tests. */
export class OpenOffice {
  readonly service = new Service();
  readonly clock = new ManualClock(NOON);
  readonly target = document.createElement('div');
  readonly console: Console;
  #mounted: object | null = null;

  constructor(readonly me: Me) {
    this.answer('GET /api/session', me);
    this.answer('GET /api/desks', { desks: DESKS });
    this.answer('GET /api/cover', aCover());
    this.console = new Console({
      fetch: this.service.fetch,
      clock: this.clock,
      random: () => 0.5,
      openSocket: this.service.openSocket,
      isVisible: () => true,
      storage: null,
    });
    document.body.append(this.target);
  }

  answer(request: string, body: unknown, status = 200): void {
    this.service.answers.set(request, () => Response.json(body, { status }));
  }

  refuse(request: string, code: string, status: number): void {
    this.answer(request, { type: `urn:sos:problem:${code}`, title: '', status, code }, status);
  }

  async enter(room: RoomName): Promise<void> {
    await this.console.session.look();
    this.console.openRoom(room);
    this.#mounted = mount(OfficeHarness, { target: this.target, props: { console: this.console, me: this.me } });
    await this.pause();
  }

  async pause(): Promise<void> {
    flushSync();
    await settle();
    flushSync();
    await settle();
    flushSync();
  }

  get text(): string {
    return (this.target.textContent ?? '').replace(/\s+/g, ' ');
  }

  button(name: string): HTMLButtonElement {
    const all = [...document.querySelectorAll('button')];
    const said = (button: HTMLButtonElement) => button.getAttribute('aria-label') ?? (button.textContent ?? '').replace(/\s+/g, ' ').trim();
    const found = all.find((button) => said(button) === name) ?? all.find((button) => said(button).includes(name));
    if (!found) throw new Error(`no button "${name}" among: ${all.map(said).join(' | ')}`);
    return found;
  }

  async press(name: string): Promise<void> {
    this.button(name).click();
    await this.pause();
  }

  field<E extends HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(label: string): E {
    const labelled = document.querySelector<E>(`[aria-label="${label}"]`);
    const within = [...document.querySelectorAll('label')].find((other) => other.textContent?.trim().startsWith(label));
    const found = labelled ?? within?.querySelector<E>('input, select, textarea');
    if (!found) throw new Error(`no field "${label}"`);
    return found;
  }

  async type(label: string, value: string): Promise<void> {
    const field = this.field(label);
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await this.pause();
  }

  /** What was sent last. */
  get sent(): unknown {
    return this.service.bodies.at(-1);
  }

  stop(): void {
    if (this.#mounted) void unmount(this.#mounted);
    this.console.feed.stop();
    this.target.remove();
  }
}
