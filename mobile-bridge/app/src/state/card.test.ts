import { expect, it } from 'vitest';
import type { Receipt, Stage } from '@protocol';
import type { AlertState } from '../bridge/outbox/types';
import { en } from '../text/en';
import { vi } from '../text/vi';
import { cardOf, CLOSED_SHOWN_MS, isShown, type Situation } from './card';

const NOW = 1_800_000_000_000;
const clock = () => '14:02';

function at(stage: Stage | null, more: Partial<Receipt> = {}, history: Stage[] = []): AlertState {
  const receipt = (of: Stage): Receipt => ({ alert_id: 'a', stage: of, at_ms: NOW, ...more });
  return { alert_id: 'a', pressed_at_ms: NOW, queued: !stage, receipt: stage && receipt(stage), history: history.map(receipt), cancel: 'none', cancelled_at_ms: null };
}

const usual: Situation = { alert: at(null), saved: true, has_network: true, failed: false, retry_at_ms: null, enrolled: true, online: true, too_often: false, silent: false, now_ms: NOW };
const say = (change: Partial<Situation>, t = vi) => {
  const { title, text } = cardOf({ ...usual, ...change }, t, clock);
  return text === undefined ? title : `${title} ${text}`;
};

it.each([
  [{ has_network: false }, 'ĐÃ LƯU TRONG MÁY – CHƯA GỬI. Chưa ai nhận được. Máy tự gửi khi có mạng. Hãy GỌI hoặc SMS.'],
  [{}, 'ĐANG GỬI…'],
  [{ failed: true, retry_at_ms: NOW + 4_200 }, 'CHƯA GỬI ĐƯỢC – vẫn lưu trong máy. Thử lại sau 5 giây.'],
  [{ alert: at('received') }, 'HỆ THỐNG ĐÃ NHẬN lúc 14:02. Chưa có cán bộ xem.'],
  [{ alert: at('recorded') }, 'HỆ THỐNG ĐÃ NHẬN lúc 14:02. Chưa có cán bộ xem.'],
  [{ alert: at('rang', { desk_name: 'Đài Bắc' }) }, 'ĐÃ REO CHUÔNG TẠI Đài Bắc. Chưa có cán bộ xem.'],
  [{ alert: at('seen') }, 'CÁN BỘ ĐÃ XEM lúc 14:02.'],
  [{ alert: at('claimed', { by: 'Lan' }) }, 'CÁN BỘ LAN ĐANG XỬ LÝ. Giữ máy mở.'],
  [{ alert: at('closed') }, 'CA ĐÃ ĐÓNG. Vẫn cần giúp? Nhấn giữ SOS.'],
])('says in Vietnamese what is true: %#', (change, words) => expect(say(change)).toBe(words));

it.each([
  [{ has_network: false }, 'SAVED ON PHONE – NOT SENT. Nobody has it yet. Will send automatically. CALL or SMS.'],
  [{}, 'SENDING…'],
  [{ failed: true, retry_at_ms: NOW + 4_200 }, 'NOT SENT YET – still saved. Retrying in 5 s.'],
  [{ alert: at('received') }, 'SYSTEM RECEIVED 14:02. No officer has seen it yet.'],
  [{ alert: at('rang', { desk_name: 'Taipei' }) }, 'IT RANG AT Taipei. No officer has seen it yet.'],
  [{ alert: at('seen') }, 'AN OFFICER HAS SEEN IT.'],
  [{ alert: at('claimed', { by: 'Lan' }) }, 'OFFICER LAN IS HANDLING IT. Keep this open.'],
  [{ alert: at('closed') }, 'CASE CLOSED. Still need help? Hold SOS.'],
])('and in English: %#', (change, words) => expect(say(change, en)).toBe(words));

it('says under which number a closed case is on record, where the service said so, and not in silence', () => {
  const record = (more: Partial<Receipt>, silent = false, stage: Stage = 'closed') => cardOf({ ...usual, silent, alert: at(stage, more) }, vi, clock).record;
  const said = { seq: 9, case_no: '2026-000017' };
  expect(record(said)).toBe('Ca số 2026-000017 đã ghi vào sổ, đóng lúc 14:02.');
  expect([record({}), record({ seq: 9 }), record({ case_no: '2026-000017' })]).toEqual([undefined, undefined, undefined]);
  expect([record(said, true), record(said, false, 'claimed')]).toEqual([undefined, undefined]);
  const back: AlertState = { ...at('closed', said), cancel: 'accepted' };
  expect(cardOf({ ...usual, alert: back }, vi, clock).record).toBeUndefined();
  expect(cardOf({ ...usual, alert: at('closed', said) }, en, clock).record).toBe('Case 2026-000017 is on record, closed at 14:02.');
});

it('does not say that nobody has seen it after a claim was given up', () => {
  expect(say({ alert: at('recorded', {}, ['claimed', 'recorded']) })).toBe('HỆ THỐNG ĐÃ NHẬN lúc 14:02. Đang chờ cán bộ nhận lại.');
});

it('says so when the phone cannot save, whatever the network', () => {
  expect(say({ saved: false, has_network: false })).toMatch(/^MÁY KHÔNG LƯU ĐƯỢC/);
});

it('counts down to the next attempt, and says when it is under way', () => {
  expect(say({ failed: true })).toBe('CHƯA GỬI ĐƯỢC – vẫn lưu trong máy. Đang thử lại.');
});

it('is ready when nothing is under way', () => {
  expect(cardOf({ ...usual, alert: null }, vi, clock).kind).toBe('idle');
  expect(say({ alert: null, enrolled: false })).toContain('chưa đăng ký');
});

it('says that the desk asked where the worker is, but not in silence, nor after it was taken back or closed', () => {
  const asked = (alert: AlertState, silent = false, t = vi) => cardOf({ ...usual, alert: { ...alert, located_at_ms: NOW }, silent }, t, clock).asked;
  expect(asked(at('claimed'))).toBe('Cán bộ hỏi vị trí của bạn lúc 14:02.');
  expect(asked(at('rang'), false, en)).toBe('An officer asked for your position at 14:02.');
  expect([asked(at('claimed'), true), asked(back('claimed')), asked(back('seen', 'queued')), asked(at('closed'))]).toEqual([undefined, undefined, undefined, undefined]);
});

const back = (stage: Stage | null, cancel: AlertState['cancel'] = 'accepted'): AlertState => ({
  ...at(stage),
  cancel,
  cancelled_at_ms: cancel === 'accepted' ? NOW : null,
});

it.each(['received', 'recorded', 'rang', 'seen', 'claimed', 'closed'] as const)('a press that was taken back stays so, also when its case is %s', (stage) => {
  expect(say({ alert: back(stage) })).toBe('ĐÃ HUỶ lúc 14:02. Cán bộ có thể hỏi lại. Vẫn cần giúp? Nhấn giữ SOS.');
  expect(say({ alert: back(stage) }, en)).toBe('CANCELLED 14:02. An officer may still ask. Still need help? Hold SOS.');
  expect(cardOf({ ...usual, alert: back(stage) }, vi, clock).kind).toBe('cancelled');
});

it('does not say that it was taken back before the service has it', () => {
  expect(say({ alert: back('seen', 'queued') })).toBe('ĐANG HUỶ… Chưa huỷ xong.');
  expect(say({ alert: back('seen', 'queued'), online: false })).toMatch(/^ĐANG HUỶ – chưa gửi được\./);
  expect(say({ alert: back(null, 'queued'), online: false, has_network: false })).toMatch(/^ĐANG HUỶ – chưa gửi được\./);
  expect(say({ alert: back('seen', 'queued'), too_often: true })).toContain('Đã thử quá nhiều lần. Máy thử lại sau. SOS vẫn mở.');
});

it('is off the screen some time after it was taken back, whatever its case does since', () => {
  const later = NOW + CLOSED_SHOWN_MS;
  const closed_later: AlertState = { ...back('closed'), receipt: { alert_id: 'a', stage: 'closed', at_ms: later } };
  for (const alert of [back('seen'), closed_later]) expect([isShown(alert, later), isShown(alert, later + 1)]).toEqual([true, false]);
  expect([isShown(at('seen'), later + 1), isShown(at('closed'), later), isShown(at('closed'), later + 1)]).toEqual([true, true, false]);
});
