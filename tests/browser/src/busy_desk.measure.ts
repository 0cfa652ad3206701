// How quickly the console answers its officer with 500 open cases and 50 events a second, beside the same actions with
// five cases and nothing going on. A measure, not a test: `npm run measure`. What it prints, it does not assert.
import { expect, it, onTestFinished } from 'vitest';
import { answeredIn, frames, restartFrames, watchAnswers, type Frames } from './browser/answered';
import { useBrowser } from './browser/in_tests';
import { OFFICE, Officer, type Settings } from './browser/officer';
import { costs } from './browser/profile';
import { atOnce, Carrier, fixAt, FloodPhone, onRecord, spotOf, type Pressed } from './service/flood';
import { useService } from './service/in_tests';
import { createWorkers, LAN } from './service/people';
import { until } from './wait';

/** Fewer of everything are for trying the measure itself. */
const CASES = Number(process.env.MEASURE_CASES ?? 500);
const CASES_CALM = 5;
/** Of each case, on record before the measure begins. */
const FIXES = 10;
const EVENTS_PER_S = 50;
const LOAD_S_MIN = Number(process.env.MEASURE_LOAD_S ?? 30);
const PROFILE_S = 10;
/** Of each action; two moves a round. */
const ROUNDS = Number(process.env.MEASURE_ROUNDS ?? 20);
/** Connections that the fixes and messages go over: each may say some frames a second only. */
const CARRIERS = 25;
/** What is asked of the console. */
const ANSWERED_MS_MAX = 100;
const FRAME_MS_MAX = 200;

type Action = 'move (J, K)' | 'open: case shown' | 'open: with its chat' | 'claim: answered' | 'claim: done' | 'message' | 'service: a case';
type Took = Record<Action, number[]>;

const service = useService();
const chromium = useBrowser();
/** What the console draws by itself where there is no graphics card, or the map of WebGL. */
const MAP: Settings = process.env.MEASURE_MAP === 'detailed' ? { map: 'detailed' } : {};
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Events spread evenly over time and cases: of ten six positions, three messages, one press again. */
class Load {
  sent = 0;
  readonly #again: Promise<unknown>[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly phones: FloodPhone[],
    readonly cases: Pressed[],
    readonly carriers: Carrier[],
  ) {}

  start(): void {
    const from = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - from) / 1000) * EVENTS_PER_S;
      while (this.sent < due) this.#one(this.sent++);
    }, 1000 / EVENTS_PER_S);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await Promise.allSettled(this.#again);
  }

  #one(n: number): void {
    // A prime step: neighbours in time are not neighbours in the list.
    const i = (n * 137) % this.cases.length;
    const { alert_id } = this.cases[i] as Pressed;
    const phone = this.phones[i] as FloodPhone;
    const carrier = this.carriers[n % this.carriers.length] as Carrier;
    const kind = n % 10;
    if (kind === 0) this.#again.push(phone.press());
    else if (kind <= 3) carrier.message(alert_id, `Tôi vẫn ở đây, tin số ${n}`);
    else carrier.fixes(alert_id, [fixAt(phone.spot)]);
  }
}

/** One time each action, on whatever lies in the list; the case is given back in the end. */
async function round(officer: Officer, n: number, took: Took): Promise<void> {
  const { page } = officer;
  const shown = () => page.evaluate(() => document.querySelector<HTMLElement>('.case-panel')?.dataset.case ?? null);
  for (const key of (await isLast(officer)) ? ['k', 'j'] : ['j', 'k']) {
    const than = await shown();
    took['move (J, K)'].push(...(await answeredIn(page, [{ kind: 'other_case', than }], () => page.keyboard.press(key))));
  }
  const id = await pointAt(officer, n, await shown());
  const opened = await answeredIn(page, [{ kind: 'case', id, whole: false }, { kind: 'case', id, whole: true }], async () => {
    await page.mouse.down();
    await page.mouse.up();
  });
  took['open: case shown'].push(opened[0] as number);
  took['open: with its chat'].push(opened[1] as number);
  await page.mouse.move(683, 5);
  const claimed = await answeredIn(page, [{ kind: 'claim', whole: false }, { kind: 'claim', whole: true }], () => page.keyboard.press('c'));
  took['claim: answered'].push(claimed[0] as number);
  took['claim: done'].push(claimed[1] as number);
  const text = `Lan đây, lần ${n}, ${Date.now()}`;
  await page.getByTestId('compose-message').fill(text);
  took.message.push(...(await answeredIn(page, [{ kind: 'message', text }], () => page.keyboard.press('Enter'))));
  await page.keyboard.press('Escape');
  // Of what waits for the service this much is its own, and that of the computer they share.
  const asked = performance.now();
  await officer.detail(id);
  took['service: a case'].push(performance.now() - asked);
  await giveBack(officer, id);
}

/** Whether there is nothing below the chosen row. */
function isLast({ page }: Officer): Promise<boolean> {
  return page.evaluate(() => {
    const rows = document.querySelectorAll('.queue-panel button.row');
    return rows.item(rows.length - 1)?.getAttribute('aria-current') === 'true';
  });
}

/** Lays the pointer on a case in sight that is not `shown`, the `n`th of those there are, and tells which it is. */
async function pointAt({ page }: Officer, n: number, shown: string | null): Promise<string> {
  return until('a case under the pointer', async () => {
    // The list stands still under a resting pointer; away from it, what is gone goes.
    await page.mouse.move(683, 5);
    const spots = await page.evaluate((not) => {
      const list = document.querySelector('.queue-panel ul')?.getBoundingClientRect();
      const rows = Array.from(document.querySelectorAll<HTMLButtonElement>('.queue-panel button.row:not(:disabled):not(.provisional)'));
      const middles = rows.filter((row) => row.dataset.case !== not).map((row) => row.getBoundingClientRect());
      return middles.map(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 })).filter(({ y }) => list && y > list.top + 60 && y < list.bottom);
    }, shown);
    const spot = spots[n % Math.max(1, spots.length)];
    if (!spot) return null;
    await page.mouse.move(spot.x, spot.y);
    const id = await page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.closest<HTMLElement>('button.row:not(:disabled)')?.dataset.case ?? null, spot);
    return id === shown ? null : id;
  });
}

async function giveBack(officer: Officer, id: string): Promise<void> {
  // What comes meanwhile may make it another version.
  await until('the case is given back', async () => {
    const { version } = (await officer.detail(id)).case;
    return officer.page.evaluate(
      async ({ path, body }) => (await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).ok,
      { path: `/api/cases/${id}/release`, body: JSON.stringify({ version, reason: 'đo tốc độ' }) },
    );
  });
  await officer.state('open');
}

async function measured(officer: Officer): Promise<Took> {
  // With nothing chosen both keys choose the first.
  await answeredIn(officer.page, [{ kind: 'other_case', than: null }], () => officer.page.keyboard.press('j'));
  const took: Took = { 'move (J, K)': [], 'open: case shown': [], 'open: with its chat': [], 'claim: answered': [], 'claim: done': [], message: [], 'service: a case': [] };
  for (let n = 0; n < ROUNDS; n++) await round(officer, n, took);
  return took;
}

function figures(took: number[]): { median: number; p95: number; worst: number } {
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
  return { median: at(0.5), p95: at(0.95), worst: sorted.at(-1) as number };
}

function table(calm: Took, busy: Took): string {
  const lines = (Object.keys(busy) as Action[]).map((action) => {
    const [few, many] = [figures(calm[action]), figures(busy[action])];
    const within = many.median <= ANSWERED_MS_MAX ? 'within' : 'OVER';
    const ms = (value: number) => value.toFixed(0).padStart(6);
    return `${action.padEnd(22)}${ms(many.median)}${ms(many.p95)}${ms(many.worst)}   (${ms(few.median)}${ms(few.p95)}${ms(few.worst)})  x${(many.median / few.median).toFixed(1)}  ${within} ${ANSWERED_MS_MAX}`;
  });
  return ['action: milliseconds   median   p95 worst   (with few cases, calm)  ratio of medians', ...lines].join('\n');
}

function lateFrames(when: string, { longest_ms, gap_ms, late, scripts }: Frames): string {
  const within = longest_ms <= FRAME_MS_MAX ? 'within' : 'OVER';
  const longest = `longest ${longest_ms.toFixed(0)} ms, ${within} ${FRAME_MS_MAX}; longest gap ${gap_ms.toFixed(0)} ms; ${late} over 50 ms`;
  return [`${when}: ${longest}`, ...scripts.map((line) => `    in the longest: ${line}`)].join('\n');
}

async function pressedBy(phones: FloodPhone[]): Promise<Pressed[]> {
  return onRecord(service, await atOnce(phones, (phone) => phone.press()));
}

it('answers within a moment with 500 cases and 50 events a second', { timeout: 900_000 }, async () => {
  const codes = await createWorkers(service, Array.from({ length: CASES }, (_, i) => `Đo Đông ${i}`));
  const phones = await atOnce(codes, (code, i) => FloodPhone.enrolled(service, code, spotOf(i)));
  const cases = await pressedBy(phones.slice(0, CASES_CALM));

  const officer = await Officer.at(chromium.get(), service.url, OFFICE, MAP);
  await officer.startShift(LAN);
  await watchAnswers(officer.page);
  const calm = await measured(officer);
  await restartFrames(officer.page);
  await pause(5_000);
  const quiet = await frames(officer.page);

  cases.push(...(await pressedBy(phones.slice(CASES_CALM))));
  const carriers = await Promise.all(Array.from({ length: CARRIERS }, () => Carrier.connected(service)));
  cases.forEach(({ alert_id }, i) => {
    const { spot } = phones[i] as FloodPhone;
    carriers[i % CARRIERS]?.fixes(alert_id, Array.from({ length: FIXES }, (_, k) => fixAt(spot, (FIXES - k) * 10_000)));
  });
  await until('the fixes are taken', () => carriers.reduce((sum, { answered }) => sum + answered, 0) >= CASES, 60_000);

  // As an officer finds it who begins the shift in the middle of it.
  const opened = performance.now();
  await officer.page.reload();
  await officer.page.getByRole('button', { name: /bật chuông|trực tiếp/i }).click();
  await officer.page.locator('[data-testid=link][data-link=good]').waitFor();
  await officer.page.locator('.queue-panel button.row').first().waitFor();
  const opened_ms = performance.now() - opened;
  await watchAnswers(officer.page);

  const load = new Load(phones, cases, carriers);
  onTestFinished(() => load.stop());
  load.start();
  const begun = performance.now();
  const busy = await measured(officer);
  const acting = await frames(officer.page);
  // The frames with nobody at the console: what the events alone cost.
  await restartFrames(officer.page);
  await pause(Math.max(LOAD_S_MIN * 1000 - (performance.now() - begun), LOAD_S_MIN * 500));
  const late = await frames(officer.page);
  const sent_s = load.sent / ((performance.now() - begun) / 1000);
  const costly = await costs(officer.page, async () => void (await pause(PROFILE_S * 1000)), 20);
  await load.stop();

  const refused = carriers.flatMap(({ errors }) => errors);
  console.log(
    [
      `${CASES} open cases, ${CASES * FIXES} fixes, ${sent_s.toFixed(0)} events a second; opened in ${opened_ms.toFixed(0)} ms`,
      table(calm, busy),
      lateFrames('frames under load, while the officer acts', acting),
      lateFrames('frames under load, nobody at the console', late),
      lateFrames('frames with few cases, calm', quiet),
      'where the time goes under load (own time, share of all):',
      ...costly,
    ].join('\n'),
  );
  for (const carrier of carriers) carrier.close();
  expect(refused).toEqual([]);
  await officer.leave();
});
