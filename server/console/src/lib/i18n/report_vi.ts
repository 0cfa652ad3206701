import type { MajorReason } from '@protocol';

/** What is said of incident reports outside of their own pages. */
export const reportVi = {
  title: 'Báo cáo vụ việc',
  menuKept: (n: number) => `${n} bản chưa lưu`,
  backTo: 'Về báo cáo vụ việc',
  open: 'Mở báo cáo vụ việc',
  owed: (due: string) => `Ca này phải có báo cáo vụ việc, nộp trước ${due}, giờ Hà Nội.`,
  because: (reasons: string) => `Lý do: ${reasons}.`,
  asking: 'Đang xem ca này có phải làm báo cáo không…',
  unknown: 'Chưa biết ca này có phải làm báo cáo không. Mở báo cáo để xem.',
  reason: {
    duress: 'người lao động bị ép',
    kind: 'bị thương, bị đánh hoặc bị giữ',
    not_reached: 'không liên lạc được',
    escalated: 'chỉ báo được bàn của Bộ, hoặc không báo được ai',
    late: 'nhận ca quá hạn hoặc không ai nhận',
  } satisfies Record<MajorReason, string>,
};
export type ReportWords = typeof reportVi;
