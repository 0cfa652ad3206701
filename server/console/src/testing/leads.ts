import type { FigureCasesQuery, FigureGroup, FigureOf, Figures, Part } from '@protocol';

type Asked = Omit<FigureCasesQuery, 'query'>;

/** Every number of cases that `figures` say, and what is asked for to see them; said here once more, by itself. */
export function leadsOf(figures: Figures): [Asked, number][] {
  return [...whole(figures), ...lines(figures), ...drills(figures)];
}

const not = ({ cases, over }: Part) => over - cases;

function whole({ cases, open, on_time, unseen, unverified, false_alarms, transferred, reopened, escalations, times, targets }: Figures): [Asked, number][] {
  const all: [FigureOf, number][] = [
    ['cases', cases],
    ['open', open],
    ['on_time', on_time.cases],
    ['not_on_time', not(on_time)],
    ['unseen', unseen.cases],
    ['unverified', unverified.cases],
    ['false_alarms', false_alarms.cases],
    ['closed', false_alarms.over],
    ['transferred', transferred.cases],
    ['reopened', reopened.cases],
    ['escalated', escalations.escalated.cases],
    ['claimed_after', escalations.claimed_after],
    // Steps, of which a case may have several.
    ['reached_targets', escalations.reached_targets],
    ['reached_ministry', escalations.reached_ministry],
    ['reached_nobody', escalations.reached_nobody],
    ['received', times.receive.over],
    ['not_received', times.receive.without],
    ['rang', times.ring.over],
    ['not_rung', times.ring.without],
    ['claimed', times.claim.over],
    ['not_claimed', times.claim.without],
    ['closed', times.close.over],
    ['open', times.close.without],
  ];
  return [
    ...all.map(([of, n]): [Asked, number] => [{ of }, n]),
    ...targets.flatMap(({ within_s, reached }): [Asked, number][] => [
      [{ of: 'within', within_s }, reached.cases],
      [{ of: 'not_within', within_s }, not(reached)],
    ]),
  ];
}

function lines(figures: Figures): [Asked, number][] {
  const all: [FigureOf, FigureGroup, number][] = [
    ...figures.course.flatMap(({ from, opened, closed, on_time }): [FigureOf, FigureGroup, number][] => [
      ['cases', { by: 'span', from }, opened],
      ['closed', { by: 'span', from }, closed],
      ['on_time', { by: 'span', from }, on_time],
    ]),
    ...figures.by_hour.map((n, hour): [FigureOf, FigureGroup, number] => ['cases', { by: 'hour', hour }, n]),
    ...figures.by_weekday.map((n, weekday): [FigureOf, FigureGroup, number] => ['cases', { by: 'weekday', weekday }, n]),
    ...figures.by_kind.map(({ kind, cases }): [FigureOf, FigureGroup, number] => ['cases', { by: 'kind', kind }, cases]),
    ...figures.by_disposition.map(({ disposition, cases }): [FigureOf, FigureGroup, number] => ['cases', { by: 'disposition', disposition }, cases]),
    ...figures.by_country.flatMap(({ country, cases, claim }): [FigureOf, FigureGroup, number][] => [
      ['cases', { by: 'country', country }, cases],
      ['claimed', { by: 'country', country }, claim.over],
    ]),
    ...figures.by_desk.flatMap(({ desk_id, cases, claim, close, on_time, escalated }): [FigureOf, FigureGroup, number][] => [
      ['cases', { by: 'desk', desk_id }, cases],
      ['claimed', { by: 'desk', desk_id }, claim.over],
      ['on_time', { by: 'desk', desk_id }, on_time.cases],
      ['cases', { by: 'desk', desk_id }, on_time.over],
      ['closed', { by: 'desk', desk_id }, close.over],
      ['escalated', { by: 'desk', desk_id }, escalated.cases],
    ]),
  ];
  return all.map(([of, group, n]) => [{ of, group }, n]);
}

function drills({ drills_left_out, readiness: { claimed, rang, claim } }: Figures): [Asked, number][] {
  const all: [FigureOf, number][] = [
    ['cases', drills_left_out],
    ['rang', rang.cases],
    ['not_rung', not(rang)],
    ['claimed', claimed.cases],
    ['not_claimed', not(claimed)],
    ['claimed', claim.over],
  ];
  return all.map(([of, n]) => [{ of, drills: true }, n]);
}
