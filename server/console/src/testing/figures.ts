import type { CountryFigure, DeskFigure, ExportView, Figures, FiguresQuery, Span, TargetFigure, Took } from '@protocol';
import { NOON } from './samples';

/** Figures that tests begin with and change as they need. */

export function aQuery(change: Partial<FiguresQuery> = {}): FiguresQuery {
  return { from: '2026-11-01', to: '2026-11-22', zone: 'Asia/Ho_Chi_Minh', ...change };
}

/** Half within `p50`, nine tenths in three times that, the most in five times. */
export function aTook(over: number, p50_ms: number, without = 0): Took {
  return over === 0 ? { over, without } : { over, without, p50_ms, p90_ms: p50_ms * 3, p95_ms: p50_ms * 5 };
}

function targetsOf(cases: number): TargetFigure[] {
  const within = (part: number) => ({ cases: Math.round(cases * part), over: cases });
  return [
    { within_s: 15, wanted_pct: 90, reached: within(0.874) },
    { within_s: 20, wanted_pct: 95, reached: within(0.962) },
  ];
}

export function aDeskFigure(desk_id: string, name: string, cases: number): DeskFigure {
  const part = (share: number) => ({ cases: Math.round(cases * share), over: cases });
  return {
    desk_id,
    name,
    cases,
    claim: aTook(Math.round(cases * 0.98), 6_400),
    close: aTook(Math.round(cases * 0.9), 5_400_000),
    on_time: part(0.93),
    escalated: part(0.06),
    targets: targetsOf(cases),
  };
}

export function aCountryFigure(country: string | null, cases: number): CountryFigure {
  return { country, cases, claim: aTook(cases, 6_100) };
}

function days(from: string, n: number, perDay: number): Span[] {
  return Array.from({ length: n }, (_, i) => {
    const opened = Math.round(perDay * (1 + 0.6 * Math.sin(i / 2)));
    const day = new Date(Date.parse(`${from}T00:00Z`) + i * 86_400_000).toISOString().slice(0, 10);
    return { from: day, opened, closed: Math.round(opened * 0.9), on_time: Math.round(opened * 0.93) };
  });
}

/** 1,284 cases of three weeks at two desks. */
export function someFigures(change: Partial<Figures> = {}): Figures {
  const cases = change.cases ?? 1_284;
  const part = (share: number) => ({ cases: Math.round(cases * share), over: cases });
  const spread = (n: number, peak: number) => Array.from({ length: n }, (_, i) => Math.round((cases / n) * (1 + 0.7 * Math.cos(((i - peak) / n) * 2 * Math.PI))));
  return {
    query: aQuery(),
    up_to_seq: 54_321,
    at_ms: NOON,
    cases,
    drills_left_out: 96,
    open: 41,
    spans: 'day',
    course: days('2026-11-01', 22, cases / 22),
    times: {
      receive: aTook(cases - 12, 900, 12),
      ring: aTook(cases - 3, 1_400, 3),
      claim: aTook(cases - 20, 6_400, 20),
      close: aTook(cases - 41, 5_400_000, 41),
    },
    targets: targetsOf(cases),
    on_time: part(0.94),
    unseen: part(0.004),
    unverified: part(0.081),
    false_alarms: { cases: 231, over: cases - 41 },
    transferred: part(0.032),
    reopened: part(0.011),
    escalations: { escalated: part(0.062), steps: 118, reached_targets: 101, reached_ministry: 12, reached_nobody: 5, claimed_after: 66 },
    by_hour: spread(24, 21),
    by_weekday: spread(7, 6),
    by_country: [aCountryFigure('TW', 512), aCountryFigure('JP', 388), aCountryFigure('KR', 201), aCountryFigure('SG', 60), aCountryFigure(null, 12)],
    by_desk: [aDeskFigure('tw-taipei', 'Đài Bắc', 896), aDeskFigure('jp-tokyo', 'Tokyo', 388)],
    by_disposition: [
      { disposition: 'resolved', cases: 820 },
      { disposition: 'false_alarm', cases: 231 },
      { disposition: 'cancelled_by_worker', cases: 96 },
      { disposition: 'referred', cases: 60 },
      { disposition: null, cases: 41 },
      { disposition: 'unable_to_contact', cases: 36 },
    ],
    by_kind: [
      { kind: null, cases: 602 },
      { kind: 'injured', cases: 311 },
      { kind: 'attacked', cases: 190 },
      { kind: 'other', cases: 121 },
      { kind: 'held', cases: 60 },
    ],
    readiness: { claimed: { cases: 88, over: 96 }, rang: { cases: 95, over: 96 }, claim: aTook(88, 7_900, 8) },
    ...change,
  };
}

/** A period in which nothing happened. */
export function noFigures(): Figures {
  const none = { cases: 0, over: 0 };
  const never = { over: 0, without: 0 };
  return someFigures({
    cases: 0,
    drills_left_out: 0,
    open: 0,
    course: days('2026-11-01', 22, 0),
    times: { receive: never, ring: never, claim: never, close: never },
    targets: [15, 20].map((within_s, i) => ({ within_s, wanted_pct: [90, 95][i] ?? 0, reached: none })),
    on_time: none,
    unseen: none,
    unverified: none,
    false_alarms: none,
    transferred: none,
    reopened: none,
    escalations: { escalated: none, steps: 0, reached_targets: 0, reached_ministry: 0, reached_nobody: 0, claimed_after: 0 },
    by_hour: Array.from({ length: 24 }, () => 0),
    by_weekday: Array.from({ length: 7 }, () => 0),
    by_country: [],
    by_desk: [],
    by_disposition: [],
    by_kind: [],
    readiness: { claimed: none, rang: none, claim: never },
  });
}

const LONG = 'Cơ quan đại diện Việt Nam, bộ phận bảo hộ công dân và quản lý lao động';

/** Five years, a million cases, a hundred and sixty desks with long names, all countries that the browser can name. */
export function fullFigures(codes: readonly string[]): Figures {
  const some = someFigures();
  const desks = Array.from({ length: 160 }, (_, i) => aDeskFigure(`d${i}`, `${LONG}, khu vực số ${i + 1}`, Math.round(260_000 / (i + 2))));
  return someFigures({
    cases: 1_000_000,
    drills_left_out: 104_233,
    open: 18_402,
    spans: 'week',
    course: days('2021-11-22', 262, 3_800).map((span, i) => ({ ...span, from: new Date(Date.UTC(2021, 10, 22 + 7 * i)).toISOString().slice(0, 10) })),
    by_country: codes.map((code, i) => aCountryFigure(code, Math.round(310_000 / (i + 1) ** 1.3))),
    by_desk: desks,
    by_disposition: some.by_disposition.map((of) => ({ ...of, cases: Math.round((of.cases / some.cases) * 1_000_000) })),
    by_kind: some.by_kind.map((of) => ({ ...of, cases: Math.round((of.cases / some.cases) * 1_000_000) })),
  });
}

/** A file that can be fetched. */
export function anExport(change: Partial<ExportView> = {}): ExportView {
  return {
    export_id: '0190aaaa-0000-7000-8000-000000000001',
    of: { kind: 'figures', query: aQuery() },
    format: 'xlsx',
    language: 'vi',
    state: 'done',
    done: 1,
    all: 1,
    bytes: 48_200,
    sha256: 'ab'.repeat(32),
    file_name: 'figures_2026-11-01_2026-11-22_Asia-Ho_Chi_Minh_tra_2026-11-22-1903.xlsx',
    asked_at_ms: NOON,
    made_at_ms: NOON + 2_000,
    expires_at_ms: NOON + 7 * 86_400_000,
    by: 'Trà',
    ...change,
  };
}
