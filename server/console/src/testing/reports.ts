import type { ReportCounts, ReportList, ReportRow, ReportView } from '@protocol';
import { NOON } from './samples';

/** Reports that tests begin with and change as they need. */

const HOUR_MS = 3_600_000;

/** Of a case in Taipei that was closed an hour before noon, and of which nobody has written anything. */
export function aReport(change: Partial<ReportView> = {}): ReportView {
  const line = (seq: number, part: 'course' | 'disposition', kind: string, time: string, text: string) => ({
    part,
    kind,
    seq,
    at_ms: NOON - HOUR_MS + seq,
    at: `${time} 22/11/2026`,
    text,
  });
  return {
    case_id: 'c1',
    case_no: '2026-000001',
    desk_id: 'tw-taipei',
    state: 'draft',
    version: 0,
    required: ['kind'],
    due_ms: NOON + 71 * HOUR_MS,
    overdue: false,
    drafted: {
      language: 'vi',
      time_zone: 'Asia/Taipei',
      lines: [
        line(1, 'course', 'opened', '11:50:00', 'Người lao động nhấn SOS, ca được mở: bị đánh'),
        line(2, 'course', 'claimed', '11:50:12', 'Lan nhận ca'),
        line(3, 'course', 'closed', '12:00:00', 'Lan đóng ca: Đã giải quyết'),
        line(3, 'disposition', 'closed', '12:00:00', 'Đã giải quyết: Đã an toàn'),
      ],
      left_out: 0,
      times: { claim_ms: 12_000, claim_target_ms: 20_000, claimed_in_time: true },
      times_said: ['Từ lúc nhấn đến hệ thống: không có', 'Đến khi reo chuông: 0,3 giây', 'Đến khi nhận ca: 12,0 giây (trong hạn mục tiêu: 20,0 giây)', 'Đến khi đóng ca: 10 phút 00 giây'],
      up_to_seq: 3,
    },
    cause: '',
    done: '',
    lessons: '',
    measures: [],
    questions: [],
    steps: [],
    may: { write: true, submit: false, judge: false, follow_up: false },
    ...change,
  };
}

/** The same once Lan has saved all three texts. */
export function aWrittenReport(change: Partial<ReportView> = {}): ReportView {
  return aReport({
    version: 1,
    cause: 'Chủ say rượu',
    done: 'Báo cảnh sát',
    lessons: 'Hỏi thăm sớm hơn',
    steps: [{ seq: 4, did: 'report_saved', by: 'Lan', at_ms: NOON, version: 1 }],
    ...change,
  });
}

export function aRow(change: Partial<ReportRow> = {}): ReportRow {
  return {
    case_id: 'c1',
    case_no: '2026-000001',
    desk_id: 'tw-taipei',
    closed_at_ms: NOON - HOUR_MS,
    disposition: 'resolved',
    state: 'draft',
    version: 0,
    required: ['kind'],
    due_ms: NOON + 71 * HOUR_MS,
    overdue: false,
    open_measures: 0,
    overdue_measures: 0,
    ...change,
  };
}

export const NO_REPORTS: ReportCounts = { missing: 0, overdue: 0, draft: 0, submitted: 0, returned: 0, open_measures: 0, overdue_measures: 0 };

export function aReportList(reports: ReportRow[], change: Partial<ReportList> = {}): ReportList {
  return { reports, counts: { ...NO_REPORTS, missing: reports.length }, at_ms: NOON, ...change };
}
