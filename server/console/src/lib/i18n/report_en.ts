import type { Widen } from './vi';
import type { ReportWords } from './report_vi';

/** What is said of incident reports outside of their own pages. */
export const reportEn: Widen<ReportWords> = {
  title: 'Incident reports',
  menuKept: (n) => `${n} not saved`,
  backTo: 'Back to the incident report',
  open: 'Open the incident report',
  owed: (due) => `This case must have an incident report, submitted by ${due}, Hà Nội time.`,
  because: (reasons) => `Why: ${reasons}.`,
  asking: 'Looking whether this case must have a report…',
  unknown: 'It is not known yet whether this case must have a report. Open the report to see.',
  reason: {
    duress: 'the worker was under duress',
    kind: 'injured, attacked or held',
    not_reached: 'the worker could not be reached',
    escalated: 'only the ministry desk could be told, or nobody',
    late: 'claimed past its target, or never',
  },
};
