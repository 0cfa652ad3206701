import type {
  Attachment,
  CaseEvent,
  CaseSummary,
  CheckInView,
  Colleague,
  CoverView,
  FixView,
  Me,
  NotificationView,
  NumberEntry,
  ProvisionalAlert,
  StepTaken,
  Taken,
  Texts,
  TimelineEntry,
  WorkerProfile,
} from '@protocol';

/** Things that tests begin with and change as they need. */

export const NOON = Date.UTC(2026, 10, 22, 5, 0, 0);

export function aFix(change: Partial<FixView> = {}): FixView {
  return {
    fix_id: 'f1',
    lat: 25.05,
    lon: 121.52,
    accuracy_m: 12,
    source: 'gps',
    fix_time_ms: NOON,
    server_time_ms: NOON + 500,
    ...change,
  };
}

export function aCase(change: Partial<CaseSummary> = {}): CaseSummary {
  return {
    case_id: 'c1',
    case_no: '2026-000001',
    version: 1,
    last_seq: 1,
    state: 'open',
    priority: 'p1',
    ringing: true,
    desk_id: 'tw-taipei',
    watchers: [],
    routing: { basis: 'polygon', country: 'TW', others: [], no_desk_for_country: false },
    worker_name: 'Nguyễn Thị Hương',
    opened_at_ms: NOON,
    pressed_at_ms: NOON,
    presses: 1,
    claim_due_ms: NOON + 20_000,
    unread: 0,
    ...change,
  };
}

/** A test of the path, as urgent as the service may ever call one. */
export function aDrill(change: Partial<CaseSummary> = {}): CaseSummary {
  return aCase({ case_id: 'drill', case_no: '2026-000009', drill: true, ...change });
}

/** A case whose worker was made to take it back, half a minute after the press. */
export function aDuressCase(change: Partial<CaseSummary> = {}): CaseSummary {
  return aCase({ duress_at_ms: NOON + 30_000, ...change });
}

/** The SOS `a<n>` that opens the case `ca<n>`, received `n` seconds after noon. */
export function aProvisional(n: number, change: Partial<ProvisionalAlert> = {}): ProvisionalAlert {
  return {
    alert: { alert_id: `a${n}` },
    case_id: `ca${n}`,
    received_at_ms: NOON + n * 1000,
    desk_id: 'tw-taipei',
    watchers: [],
    routing: { basis: 'polygon', country: 'TW', others: [], no_desk_for_country: false },
    ...change,
  };
}

/** The entry that records `alert`. */
export function aRecording(seq: number, { alert, received_at_ms, routing }: ProvisionalAlert): TimelineEntry {
  return anEntry(seq, { kind: 'opened', alert, received_at_ms, routing });
}

export function anEntry(seq: number, event: CaseEvent = { kind: 'claimed' }): TimelineEntry {
  return { seq, at_ms: NOON + seq, actor: { role: 'service' }, event };
}

/** The entry of a photo or voice note that has arrived. */
export function anAttachment(seq: number, change: Partial<Attachment> = {}, taken?: Taken): TimelineEntry {
  const attachment: Attachment = {
    attachment_id: `t${seq}`,
    media: 'photo',
    content_type: 'image/jpeg',
    bytes: 1_234_567,
    sha256: '0'.repeat(64),
    ...change,
  };
  return { ...anEntry(seq, { kind: 'attachment', attachment, taken }), actor: { role: 'worker' } };
}

export function aWorker(change: Partial<WorkerProfile> = {}): WorkerProfile {
  return { worker_id: 'w1', name: 'Nguyễn Thị Hương', phone: '+886 900 000 000', language: 'vi', ...change };
}

/** "Tôi ổn", three hours before noon. */
export function aCheckIn(change: Partial<CheckInView> = {}): CheckInView {
  const at_ms = NOON - 3 * 3_600_000;
  return { at_ms, received_at_ms: at_ms + 900, ...change };
}

export function anOfficer(change: Partial<Me> = {}): Me {
  return {
    staff_id: 's1',
    name: 'Minh',
    role: 'dispatcher',
    names: true,
    desk: { desk_id: 'tw-taipei', name: 'Đài Bắc', country: 'TW', time_zone: 'Asia/Taipei', on_duty: 1 },
    session_ends_ms: NOON + 8 * 3600_000,
    on_shift_since_ms: NOON,
    ...change,
  };
}

/** A step that tells Lan, by all that she has set up. */
export function aStep(change: Partial<StepTaken> = {}): StepTaken {
  return {
    run: 1,
    round: 0,
    step: 1,
    claimed: false,
    reach: 'targets',
    told: [{ kind: 'staff', staff_id: 's2', name: 'Lan', personal: true }],
    is_past_repeats: false,
    ...change,
  };
}

/** A question for all, one for the injured, and one for those who are held. */
export function someTexts(change: Partial<Texts> = {}): Texts {
  return {
    version: 1,
    phrases: [{ vi: 'Em có an toàn không?', en: 'Are you safe?' }],
    questions: [
      { id: 'safe', kinds: [], words: { vi: 'Đang ở nơi an toàn?', en: 'In a safe place?' }, choices: [
        { vi: 'Có', en: 'Yes' },
        { vi: 'Không', en: 'No' },
      ] },
      { id: 'hurt', kinds: ['injured'], words: { vi: 'Bị thương ở đâu?', en: 'Hurt where?' } },
      { id: 'door', kinds: ['held'], words: { vi: 'Cửa có khoá không?', en: 'Is the door locked?' } },
    ],
    tags: ['bệnh viện', 'nhà máy'],
    ...change,
  };
}

export function aColleague(change: Partial<Colleague> = {}): Colleague {
  return { staff_id: 's2', name: 'Lan', role: 'dispatcher', desk_id: 'tw-taipei', on_shift: true, has_channel: true, ...change };
}

export function aNumber(change: Partial<NumberEntry> = {}): NumberEntry {
  return { key: 'TW/police', version: 0, country: 'TW', service: 'police', number: '110', status: 'unverified', ...change };
}

/** Cover of a desk where nothing is set up and nobody works. */
export function aCover(change: Partial<CoverView> = {}): CoverView {
  const unset = { id: 'p0', desk: 'tw-taipei', version: 0, common: { steps: [], repeats: 0 }, silent_s: 600 };
  return { rotas: [], policies: [], unset, webhooks: [], colleagues: [], holidays: [], holidays_version: 0, ...change };
}

/** That Lan was told at the first step, by her console. */
export function aNotification(change: Partial<NotificationView> = {}): NotificationView {
  const step = { run: 1, round: 0, step: 1 };
  return { notification_id: 'n1', ...step, to: 'Lan', channel: 'console', state: 'sent', tries: 1, made_at_ms: NOON, settled_at_ms: NOON + 800, ...change };
}
