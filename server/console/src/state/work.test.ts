// State of the case at work: who looks, answers on their way, what is loaded when it is needed.
import { PRESENCE_GONE_S, PRESENCE_SAY_S, type CaseId } from '@protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { Api } from '../lib/api';
import { ManualClock, settle } from '../testing/manual_clock';
import { aCase } from '../testing/samples';
import { Answers } from './answers.svelte';
import { Loaded } from './loaded.svelte';
import { Presence, TYPING_MS } from './presence.svelte';

let clock: ManualClock;
beforeEach(() => (clock = new ManualClock()));

describe('presence', () => {
  const lan = { staff_id: 's2', name: 'Lan', typing: false };
  let looking: CaseId | null;
  let said: [CaseId | null, boolean][];
  let presence: Presence;

  beforeEach(() => {
    looking = null;
    said = [];
    presence = new Presence({ clock, looking: () => looking, say: (id, typing) => said.push([id, typing]) });
  });

  async function seconds(n: number) {
    for (let i = 0; i < n; i++) {
      await clock.advance(1000);
      presence.tick();
    }
  }

  it('says what is looked at when it changes, and again before the others forget', async () => {
    await seconds(2);
    expect(said).toEqual([]);
    looking = 'c1';
    await seconds(1);
    expect(said).toEqual([['c1', false]]);
    await seconds(PRESENCE_SAY_S);
    expect(said).toEqual([['c1', false], ['c1', false]]);
    looking = null;
    await seconds(2 * PRESENCE_SAY_S);
    expect(said.slice(2)).toEqual([[null, false]]);
  });

  it('says that the officer writes while the text changes, and no longer', async () => {
    looking = 'c1';
    presence.typed('c1', 'Chị');
    expect(said).toEqual([['c1', true]]);
    await seconds(TYPING_MS / 1000);
    expect(said.at(-1)).toEqual(['c1', false]);
    presence.typed('c1', 'Chị ở');
    presence.typed('c1', ' ');
    expect(said.slice(-2)).toEqual([['c1', true], ['c1', false]]);
    looking = 'c2';
    presence.typed('c1', 'x');
    expect(said.at(-1)).toEqual(['c2', false]);
  });

  it('shows who looks, and forgets whom nobody speaks of any more', async () => {
    presence.hear('c1', [lan]);
    expect(presence.of('c1')).toEqual([lan]);
    await seconds(PRESENCE_GONE_S - 1);
    expect(presence.of('c1')).toHaveLength(1);
    await seconds(1);
    expect(presence.of('c1')).toEqual([]);
    presence.hear('c1', [lan]);
    presence.hear('c1', []);
    expect(presence.of('c1')).toEqual([]);
  });
});

describe('answers on their way', () => {
  const errors: unknown[] = [];
  function answering(...statuses: number[]) {
    const bodies: unknown[] = [];
    const fetch = (async (_: string, init?: RequestInit) => {
      bodies.push(JSON.parse(String(init?.body)));
      const status = statuses.shift() ?? 200;
      return status === 200 ? Response.json({ case: aCase() }) : Response.json({ code: 'unavailable', status }, { status });
    }) as typeof globalThis.fetch;
    const api = new Api({ fetch, clock });
    return { bodies, answers: new Answers({ api, clock, random: () => 0, onAnswer() {}, onError: (e) => errors.push(e) }) };
  }

  it('are there at once, tried again, and gone when the feed brings them', async () => {
    const { answers, bodies } = answering(503);
    void answers.send('c1', 'safe', 'Có');
    expect(answers.of('c1', 'safe')).toMatchObject({ text: 'Có', state: 'sending' });
    await clock.advance(5_000);
    expect(bodies).toEqual([{ question: 'safe', text: 'Có' }, { question: 'safe', text: 'Có' }]);
    expect(answers.of('c1', 'safe')?.state).toBe('recorded');
    answers.settle('c1', 'safe', 'Có');
    expect(answers.of('c1', 'safe')).toBeNull();
  });

  it('stay, with why, when they are refused', async () => {
    const { answers } = answering(403);
    await answers.send('c1', 'safe', 'Có');
    expect(answers.of('c1', 'safe')?.state).toBe('failed');
    answers.discard('c1', 'safe');
    expect(answers.of('c1', 'safe')).toBeNull();
  });

  it("are not taken for recorded by a colleague's answer", async () => {
    const { answers } = answering();
    void answers.send('c1', 'safe', 'Có');
    answers.settle('c1', 'safe', 'Không');
    expect(answers.of('c1', 'safe')).not.toBeNull();
    await settle();
  });
});

describe('what is loaded when it is needed', () => {
  it('fails in time, says why, and can be asked for again', async () => {
    let ask: () => Promise<string> = () => Promise.reject(new TypeError('away'));
    const loaded = new Loaded({ ask: () => ask(), clock, random: () => 0, onError() {} });
    void loaded.load();
    expect(loaded.loading).toBe(true);
    await clock.advance(10_000);
    expect(loaded).toMatchObject({ loading: false, value: null });
    expect(loaded.error).not.toBeNull();
    ask = async () => 'here';
    await loaded.load();
    expect(loaded).toMatchObject({ value: 'here', error: null });
  });

  it('is asked for once at a time, and anew only when it is old', async () => {
    let asked = 0;
    const loaded = new Loaded({ ask: async () => ++asked, clock, random: () => 0, onError() {} });
    loaded.ensure(1000);
    loaded.ensure(1000);
    await clock.advance(900);
    loaded.ensure(1000);
    await settle();
    expect(asked).toBe(1);
    await clock.advance(200);
    loaded.ensure(1000);
    await settle();
    expect(asked).toBe(2);
  });

  it('ends a request that nobody answers', async () => {
    const fetch = ((_: string, init?: RequestInit) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new TypeError('aborted'))))) as typeof globalThis.fetch;
    const api = new Api({ fetch, clock });
    const loaded = new Loaded({ ask: () => api.texts(), clock, random: () => 0, onError() {} });
    void loaded.load();
    await clock.advance(30_000);
    expect(loaded.loading).toBe(false);
    expect(loaded.error).toMatchObject({ failure: { kind: 'timeout' } });
  });
});
