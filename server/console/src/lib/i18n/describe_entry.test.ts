import type { CaseEvent, TimelineEntry } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aFix, anAttachment, anEntry, aProvisional, aStep, NOON } from '../../testing/samples';
import type { Words } from './describe';
import { describeEntry, detailsOf } from './describe_entry';
import { describeTaken } from './describe_taken';
import { en } from './en';
import { Format } from './format';
import { vi } from './vi';

const inVietnamese: Words = { t: vi, format: new Format('vi', vi), countryName: (code) => code };
const inEnglish: Words = { t: en, format: new Format('en', en), countryName: (code) => code };
const say = (entry: TimelineEntry, words = inVietnamese) =>
  describeEntry(entry, { words, worker: 'Hương', deskName: (id) => id });

const alert = { alert_id: 'a1' };
const { routing } = aProvisional(1);
/** One of each kind: a new kind does not compile until it is here. */
const EVENTS: { [K in CaseEvent['kind']]: Extract<CaseEvent, { kind: K }> } = {
  opened: { kind: 'opened', alert, received_at_ms: NOON, routing },
  pressed_again: { kind: 'pressed_again', alert, received_at_ms: NOON },
  cancelled: { kind: 'cancelled', alert_id: 'a1' },
  duress: { kind: 'duress', alert_id: 'a1' },
  attachment: anAttachment(1).event as Extract<CaseEvent, { kind: 'attachment' }>,
  rang: { kind: 'rang', alert_ids: ['a1'] },
  seen: { kind: 'seen', alert_ids: ['a1'] },
  claimed: { kind: 'claimed' },
  released: { kind: 'released' },
  transferred: { kind: 'transferred', from: 'tw-taipei', to: 'jp-tokyo' },
  closed: { kind: 'closed', disposition: 'resolved', summary: 'Xong' },
  reopened: { kind: 'reopened' },
  message: { kind: 'message', message_id: 'm1', text: 'Em đây' },
  delivered: { kind: 'delivered', message_ids: ['m1'] },
  note: { kind: 'note', note_id: 'n1', text: 'ghi' },
  assigned: { kind: 'assigned', to: 's2', name: 'Lan' },
  offered: { kind: 'offered', to: 'jp-tokyo', reason: 'Ở bên đó' },
  declined: { kind: 'declined', desk: 'jp-tokyo', reason: 'Không ở đây' },
  withdrawn: { kind: 'withdrawn', desk: 'jp-tokyo' },
  shared: { kind: 'shared', desk: 'jp-tokyo', help: true },
  prioritised: { kind: 'prioritised', to: 'p2', reason: 'Đã an toàn' },
  tagged: { kind: 'tagged', tags: ['bệnh viện', 'nhà máy'] },
  answered: { kind: 'answered', question: 'hurt', text: 'Có' },
  linked: { kind: 'linked', case_id: 'c2', case_no: '2026-000002' },
  unlinked: { kind: 'unlinked', case_id: 'c2', case_no: '2026-000002' },
  fix_asked: { kind: 'fix_asked' },
  raised: { kind: 'raised', reason: 'Gấp' },
  escalated: { kind: 'escalated', step: aStep() },
  report_saved: { kind: 'report_saved', plan: [], written: { cause: 'Ngã', done: 'Đưa đi viện', lessons: 'Gọi sớm' } },
  report_submitted: { kind: 'report_submitted' },
  report_returned: { kind: 'report_returned', asked: 2, questions: ['Vì sao?', 'Ai?'] },
  report_accepted: { kind: 'report_accepted' },
  measure_done: { kind: 'measure_done', measure_id: 'd1' },
  measure_redated: { kind: 'measure_redated', measure_id: 'd1', due: '2026-12-31' },
  looked_at: { kind: 'looked_at' },
  exported: { kind: 'exported', what: 'case_file', sha256: 'ab'.repeat(32) },
};

describe('a line of the timeline', () => {
  it.each(Object.values(EVENTS))('has words of its own for $kind, in both languages', (event) => {
    const entry: TimelineEntry = { ...anEntry(1, event), actor: { role: 'worker' } };
    for (const words of [inVietnamese, inEnglish]) {
      const { what } = say(entry, words);
      expect(what.trim()).not.toBe('');
      expect(what).not.toBe(words.t.timeline.other);
    }
  });

  it('says what came, and how large it is', () => {
    expect(say(anAttachment(1))).toMatchObject({ who: 'Hương', what: 'gửi ảnh (1,2 MB)' });
    expect(say(anAttachment(1, { media: 'voice', bytes: 80_400 })).what).toBe('gửi tin thoại (80 kB)');
    expect(say(anAttachment(1, { media: 'film' as never })).what).toContain('một tệp');
  });

  it('tells a drill from an SOS', () => {
    const drill: CaseEvent = { ...EVENTS.opened, alert: { ...alert, drill: true } };
    expect(say(anEntry(1, drill)).what).toBe(vi.timeline.openedDrill);
    expect(say(anEntry(1, EVENTS.opened)).what).toBe(vi.timeline.opened);
  });

  it('names nobody where a drill ended by itself', () => {
    const entry = anEntry(1, { kind: 'closed', disposition: 'test', summary: '' });
    expect(say(entry)).toEqual({ who: null, what: 'Ca tự kết thúc: Thử nghiệm', words: null });
    const byMinh: TimelineEntry = { ...entry, actor: { role: 'staff', staff_id: 's1', name: 'Minh' } };
    expect(say(byMinh)).toMatchObject({ who: 'Minh', what: 'đóng ca: Thử nghiệm' });
  });
});

describe('the case at work, in the timeline', () => {
  it('says whom a case was given, offered and shared, and why', () => {
    expect(say(anEntry(1, EVENTS.assigned)).what).toBe('giao ca cho Lan');
    expect(say(anEntry(1, EVENTS.offered))).toMatchObject({ what: 'đề nghị chuyển ca cho jp-tokyo', words: 'Ở bên đó' });
    expect(say(anEntry(1, EVENTS.declined))).toMatchObject({ what: 'từ chối nhận ca cho jp-tokyo', words: 'Không ở đây' });
    expect(say(anEntry(1, { ...EVENTS.shared, help: false })).what).not.toBe(say(anEntry(1, EVENTS.shared)).what);
  });

  it('says how an incident report went, with the questions, and dates as people write them', () => {
    expect(say(anEntry(1, EVENTS.report_returned))).toMatchObject({
      what: 'trả lại báo cáo vụ việc, hỏi 2 câu',
      words: 'Vì sao?\nAi?',
    });
    expect(say(anEntry(1, EVENTS.measure_redated)).what).toContain('31/12/2026');
  });

  it('says to whom an officer wrote', () => {
    const byMinh: TimelineEntry = { ...anEntry(1, EVENTS.message), actor: { role: 'staff', staff_id: 's1', name: 'Minh' } };
    expect(say(byMinh)).toMatchObject({ who: 'Minh', what: 'nhắn cho Hương', words: 'Em đây' });
    expect(say({ ...byMinh, actor: { role: 'worker' } }).what).toBe('nhắn');
  });

  it('gives a question in its words, where they are known', () => {
    const w = { words: inVietnamese, worker: 'Hương', deskName: (id: string) => id };
    const entry = anEntry(1, EVENTS.answered);
    expect(describeEntry(entry, w).what).toBe('ghi câu trả lời cho “hurt”');
    expect(describeEntry(entry, { ...w, question: () => 'Có ai bị thương không?' })).toMatchObject({
      what: 'ghi câu trả lời cho “Có ai bị thương không?”',
      words: 'Có',
    });
  });

  it('says who is told by a step, and by no more than what they have', () => {
    const step = (change: object) => say(anEntry(1, { kind: 'escalated', step: aStep(change) }));
    expect(step({})).toMatchObject({ who: null, what: 'Bước 1: báo cho Lan' });
    const told = [
      { kind: 'staff' as const, staff_id: 's3', name: 'Hà', personal: false },
      { kind: 'desk' as const, desk_id: 'jp-tokyo' },
    ];
    expect(step({ round: 1, step: 2, told }).what).toBe('Bước 2, lượt 2: báo cho Hà (chỉ trên màn hình trực), jp-tokyo');
    expect(step({ step: 0, claimed: true }).what).toBe('Ca đã nhận nhưng chưa được trả lời. Nhắc người giữ ca: báo cho Lan');
    expect(step({ reach: 'nobody', told: [] }).what).toContain('KHÔNG CÓ AI');
    expect(step({ reach: 'ministry' }).what).toContain('báo cho Lan');
    expect(detailsOf(anEntry(1, { kind: 'escalated', step: aStep({ is_past_repeats: true }) }), inVietnamese)).toHaveLength(1);
  });
});

describe('what a photo says about itself', () => {
  const taken = { lat: 25.06, lon: 121.52, at_ms: NOON - 60_000 };
  const tell = (...args: [Parameters<typeof describeTaken>[0], Parameters<typeof describeTaken>[1]]) =>
    describeTaken(...args, NOON + 120_000, inVietnamese);

  it('is told as the word of the camera, with how far it is from the newest position and how old that is', () => {
    expect(tell(taken, aFix())).toEqual([
      'Máy ảnh tự ghi (không kiểm chứng được): chụp lúc 11:59:00, ở 25.06000, 121.52000, ' +
        'cách vị trí mới nhất 1,1 km (vị trí đo 2 phút trước)',
    ]);
  });

  it('has no distance without both places, and no line without anything', () => {
    expect(tell(taken, null)[0]).not.toContain('cách');
    expect(tell({ at_ms: NOON }, aFix())[0]).not.toContain('cách');
    expect(tell({ lat: 25 }, aFix())).toEqual([]);
    expect(tell({}, aFix())).toEqual([]);
    expect(tell(null, aFix())).toEqual([]);
  });

  it('stands in the timeline too', () => {
    expect(detailsOf(anAttachment(1, {}, taken), inVietnamese)).toHaveLength(1);
    expect(detailsOf(anAttachment(1), inVietnamese)).toEqual([]);
  });
});
