// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest';
import { someFigures } from '../../testing/figures';
import { Format } from '../i18n/format';
import { vi as figuresVi } from '../i18n/figures/vi';
import { vi } from '../i18n/vi';
import { Amounts } from './amounts';
import { chartsOf, type ChartSpec } from './charts';
import { drawIn, svgOf, type Drawn } from './engine';
import type { Lead } from './leads';
import type { Look } from './look';

const ROOM = { width: 720, height: 280 };
const look = new Proxy({}, { get: () => '#123456' }) as Look;
let drawn: Drawn | null = null;
afterEach(() => drawn?.dispose());

/** Presses at a place of the chart, in pixels. */
function press(element: HTMLElement, x: number, y: number) {
  const target = element.querySelector('div') ?? element;
  for (const type of ['mousemove', 'mousedown', 'mouseup', 'click']) {
    const event = new MouseEvent(type, { bubbles: true, clientX: x, clientY: y });
    Object.defineProperties(event, { offsetX: { value: x }, offsetY: { value: y }, zrX: { value: x, writable: true }, zrY: { value: y, writable: true } });
    target.dispatchEvent(event);
  }
}

/** All cases were opened between ten and eleven. */
function hoursChart(): ChartSpec {
  const w = { f: figuresVi, t: vi, format: new Format('vi', vi), amounts: new Amounts('vi'), countryName: (code: string) => code };
  const by_hour = Array.from({ length: 24 }, (_, hour) => (hour === 10 ? 1_284 : 0));
  const hours = chartsOf(someFigures({ by_hour }), w, null, true).find(({ id }) => id === 'hours');
  if (!hours) throw new Error('no chart of hours');
  return hours;
}

it('leads to the cases of the bar that is pressed, and nowhere from beside the bars', () => {
  const element = document.createElement('div');
  document.body.append(element);
  const leads: Lead[] = [];
  drawn = drawIn(element, (lead) => leads.push(lead));
  drawn.show(hoursChart().draw({ width: ROOM.width, look }), ROOM);
  for (let x = 1; x < ROOM.width; x += 3) press(element, x, 200);
  expect(leads.length).toBeGreaterThan(0);
  for (const lead of leads) expect(lead).toEqual({ of: 'cases', group: { by: 'hour', hour: 10 } });
  expect(leads.length).toBeLessThan(ROOM.width / 3 / 24 + 2);
});

it('does not look in a file as if it led anywhere', () => {
  const svg = svgOf(hoursChart().draw({ width: ROOM.width, look }), { ...ROOM, title: 'Theo giờ mở ca', lines: [], look });
  expect(svg).toContain('<path');
  expect(svg).not.toContain('cursor:pointer');
});
