import type { EChartsOption } from 'echarts';
import type { Amounts } from '../amounts';
import { numberAt, textAt, type Table } from '../table';
import type { World } from '../world';
import { base, leading, NARROW_PX, TEXT_PX, type Draw, type Leading } from './base';

/** Name under which the engine knows the shapes. */
export const MAP_NAME = 'world';

/** Column of the code of a country in its table. */
export const CODE_COLUMN = 6;

/** Diameters of circles, in pixels: of the country with the most cases, and the least that is seen. */
const LARGEST_PX = 56;
const SMALLEST_PX = 7;
/** Most countries that are named on the map, the ones with the most cases; on a phone fewer. */
const NAMED_MAX = { wide: 12, narrow: 4 };
/** Least width and height of what is shown, in degrees, however few countries have cases. */
const LEAST_SIGHT = { lon: 90, lat: 50 };
/** The map ends where nobody lives. */
const ENDS = { west: -170, east: 180, south: -56, north: 78 };

export interface Circle extends Leading {
  name: string;
  text: string;
  lon: number;
  lat: number;
  cases: number;
}

/** Where the cases are. A country without a place on the map, or without a name, is not among them. */
export function circlesOf({ rows }: Table, { places }: Pick<World, 'places'>): Circle[] {
  return rows.flatMap((row) => {
    const place = places.get(textAt(row, CODE_COLUMN));
    const cases = numberAt(row, 1) ?? 0;
    return place && cases > 0 ? [{ name: textAt(row, 0), text: textAt(row, 1), cases, lon: place[0], lat: place[1], ...leading(row, 1) }] : [];
  });
}

/** Corners of what is shown: all circles with some room around them. */
export function sightOf(circles: readonly Pick<Circle, 'lon' | 'lat'>[]): [[number, number], [number, number]] {
  if (circles.length === 0) return [[ENDS.west, ENDS.north], [ENDS.east, ENDS.south]];
  const span = (all: number[], margin: number, least: number, low: number, high: number): [number, number] => {
    const [from, to] = [Math.min(...all) - margin, Math.max(...all) + margin];
    const short = Math.max(0, least - (to - from)) / 2;
    return [Math.max(low, from - short), Math.min(high, to + short)];
  };
  const [west, east] = span(circles.map(({ lon }) => lon), 14, LEAST_SIGHT.lon, ENDS.west, ENDS.east);
  const [south, north] = span(circles.map(({ lat }) => lat), 10, LEAST_SIGHT.lat, ENDS.south, ENDS.north);
  return [[west, north], [east, south]];
}

/** Cases as circles where the countries are: also the smallest country is seen. */
export function drawWorld(table: Table, world: World, amounts: Amounts): Draw {
  const circles = circlesOf(table, world);
  const most = Math.max(1, ...circles.map(({ cases }) => cases));
  const size = (cases: number) => Math.max(SMALLEST_PX, LARGEST_PX * Math.sqrt(cases / most));
  return (room): EChartsOption => {
    const narrow = room.width < NARROW_PX;
    const [[west], [east]] = sightOf(circles);
    // On a phone a name right of it would not fit there.
    const edge = west + 0.75 * (east - west);
    return {
      ...base(room),
      backgroundColor: room.look.sea,
      geo: {
        map: MAP_NAME,
        boundingCoords: sightOf(circles),
        aspectScale: 0.82,
        left: 0,
        right: 0,
        top: 0,
        bottom: 0,
        silent: true,
        itemStyle: { areaColor: room.look.land, borderColor: room.look.border, borderWidth: 0.6 },
      },
      series: [
        {
          type: 'scatter',
          coordinateSystem: 'geo',
          silent: true,
          symbolSize: 3,
          itemStyle: { color: room.look.island },
          data: world.islands.map(({ name, at }) => ({ name, value: at })),
          label: { show: room.width >= NARROW_PX, position: 'right', color: room.look.island, fontSize: 11, formatter: '{b}' },
          labelLayout: { hideOverlap: true },
        },
        {
          type: 'scatter',
          coordinateSystem: 'geo',
          // The largest first, so that the small ones lie on top.
          data: circles.map((circle, at) => ({
            lead: circle.lead,
            cursor: circle.cursor,
            name: `${circle.name} · ${circle.text}`,
            value: [circle.lon, circle.lat],
            symbolSize: size(circle.cases),
            label: { show: at < (narrow ? NAMED_MAX.narrow : NAMED_MAX.wide), position: narrow && circle.lon > edge ? 'left' : sideOf(circle, circles) },
          })),
          itemStyle: { color: room.look.accent, opacity: 0.72, borderColor: room.look.panel, borderWidth: 1 },
          label: {
            opacity: 1,
            color: room.look.text,
            fontSize: TEXT_PX,
            fontWeight: 500,
            textBorderColor: room.look.panel,
            textBorderWidth: 3,
            formatter: '{b}',
          },
          labelLayout: { hideOverlap: true },
          tooltip: { formatter: '{b}' },
        },
      ],
      tooltip: { ...(base(room).tooltip as object), trigger: 'item', valueFormatter: (value) => amounts.count(Number(value)) },
    };
  };
}

/** On the side where no larger circle is near. */
function sideOf(circle: Circle, circles: readonly Circle[]): 'left' | 'right' {
  const near = (other: Circle) => other.cases > circle.cases && other.lon > circle.lon && other.lon - circle.lon < 30 && Math.abs(other.lat - circle.lat) < 8;
  return circles.some(near) ? 'left' : 'right';
}
