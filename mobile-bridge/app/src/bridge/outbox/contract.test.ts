// Holds the IndexedDB store to the contract that the Rust core's SQLite store is held to as well.
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, it } from 'vitest';
import type { Alert, Enrolled, Fix, Receipt } from '@protocol';
import contract from '../../../../contract/outbox.json';
import { Outbox } from './outbox';
import { FullError } from './queue';
import type { DeskMessage, QueuedMessage, Write } from './types';

globalThis.IDBKeyRange = IDBKeyRange;

/** Members as `mobile-bridge/contract/README.md` tells; a step has those that belong to its kind. */
interface StepOf {
  do?: string;
  expect?: string;
  alert: Alert;
  alert_id: string;
  at_ms: number;
  gives: string;
  changes: boolean;
  message: QueuedMessage & DeskMessage;
  pin?: string;
  refused?: string;
  fixes: Fix[];
  receipt: Receipt;
  news: boolean;
  id: string;
  fix_ids: string[];
  message_ids: string[];
  credential: string;
  identity: Enrolled;
  first: number;
  count: number;
  first_seq: number;
  oldest: string;
  count_max: number;
  is: unknown;
}

const numbered = (n: number) => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`;

class World {
  readonly #factory = new IDBFactory();
  outbox!: Outbox;

  async reopen(): Promise<void> {
    this.outbox?.close();
    this.outbox = await Outbox.open(this.#factory, 'outbox');
  }

  async step(step: StepOf): Promise<void> {
    if (step.do !== undefined) await this.#do(step);
    else await this.#expect(step);
  }

  async #do(step: StepOf): Promise<void> {
    const { outbox } = this;
    switch (step.do) {
      case 'press':
        expect(await outbox.press(step.alert, step.at_ms)).toBe(step.gives);
        return;
      case 'cancel':
        expect(await outbox.cancel(step.alert_id, step.at_ms, step.pin)).toBe(step.changes);
        return;
      case 'write':
        if (step.refused) await expect(outbox.writeMessage(step.message)).rejects.toBeInstanceOf(FullError);
        else await outbox.writeMessage(step.message);
        return;
      case 'fixes':
        return outbox.addFixes(step.alert_id, step.fixes);
      case 'identity':
        return outbox.setIdentity(step.identity);
      case 'reopen':
        return this.reopen();
      case 'press_many':
      case 'write_many':
      case 'fixes_many':
      case 'messages_many':
      case 'receipts_many':
      case 'receipts_of':
        return this.#many(step);
      default: {
        const { do: kind, news, ...members } = step;
        expect(await outbox.apply({ kind, ...members } as unknown as Write)).toBe(news);
      }
    }
  }

  async #many(step: StepOf): Promise<void> {
    const { outbox } = this;
    const { first, count, alert_id } = step;
    if (step.do === 'fixes_many') {
      const fixes = Array.from({ length: count }, (_, i) => ({ fix_id: numbered(first + i), lat: 25, lon: 121 }));
      return outbox.addFixes(alert_id, fixes);
    }
    for (let i = 0; i < count; i++) {
      const id = numbered(first + i);
      if (step.do === 'press_many') await outbox.press({ alert_id: id }, 1);
      else if (step.do === 'write_many') await outbox.writeMessage({ message_id: id, alert_id, text: 'x', device_time_ms: 1 });
      else if (step.do === 'messages_many') {
        const message = { seq: i + 1, case_id: numbered(1), alert_id, message_id: id, text: 'x', from: 'Lan', at_ms: 1 };
        await outbox.apply({ kind: 'message', message });
      } else {
        const [of, seq] = step.do === 'receipts_of' ? [alert_id, step.first_seq + i] : [id, i + 1];
        await outbox.apply({ kind: 'receipt', receipt: { alert_id: of, stage: 'recorded', at_ms: 1, seq } });
      }
    }
  }

  async #expect(step: StepOf): Promise<void> {
    const { outbox } = this;
    const { expect: what, ...wanted } = step;
    switch (what) {
      case 'queue':
        return expect(await this.#queue()).toMatchObject(wanted);
      case 'bodies':
        return expect({ alerts: (await outbox.queue()).alerts.map((queued) => queued.alert) }).toEqual(wanted);
      case 'sizes': {
        const sizes = Object.fromEntries(Object.entries(await this.#queue()).map(([name, list]) => [name, (list as unknown[]).length]));
        return expect(sizes).toMatchObject(wanted);
      }
      case 'alert':
        return this.#alert(step);
      case 'known':
        return expect((await outbox.alertState(step.alert_id)) !== null).toBe(step.is);
      case 'history': {
        const seqs = (await outbox.alertState(step.alert_id))?.history.map((receipt) => receipt.seq) ?? [];
        return expect([seqs.length, seqs[0]]).toEqual([step.count, step.first_seq]);
      }
      case 'alerts':
        return expect(await outbox.alerts(step.count_max)).toEqual(step.is);
      case 'open_alert':
        return expect(await outbox.openAlert()).toBe(step.is);
      case 'last_seq':
        return expect(await outbox.lastSeq()).toBe(step.is);
      case 'credential':
        return expect((await outbox.identity())?.credential).toBe(step.is);
      case 'first_mark':
        return expect((await outbox.queue()).delivered[0]?.message_id).toBe(step.is);
      case 'cancel_pin': {
        const waiting = (await outbox.queue()).cancels.find((cancel) => cancel.alert_id === step.alert_id);
        return expect(waiting?.pin ?? null).toBe(step.is);
      }
      case 'fixes_kept':
        return this.#fixesKept(step);
      case 'messages': {
        const lines = (await outbox.messages()).map((m) => [m.message_id, m.from_officer, m.text, m.at_ms, m.accepted_at_ms]);
        return expect(lines).toEqual(step.is);
      }
      default:
        throw new Error(`no such step: ${what}`);
    }
  }

  async #queue(): Promise<object> {
    const queue = await this.outbox.queue();
    return {
      enrolled: queue.enrolled,
      alerts: queue.alerts.map((queued) => [queued.alert.alert_id, queued.received]),
      cancels: queue.cancels.map((queued) => [queued.alert_id, queued.device_time_ms]),
      messages: queue.messages.map((queued) => queued.message_id),
      fixes: queue.fixes.map((queued) => queued.fix.fix_id),
      delivered: queue.delivered.map((queued) => [queued.message_id, queued.alert_id]),
      open: queue.open,
    };
  }

  async #alert({ expect: _, alert_id, ...wanted }: StepOf): Promise<void> {
    const state = await this.outbox.alertState(alert_id);
    if ('is' in wanted) return expect(state).toBe(wanted.is);
    const view = state && { ...state, stage: state.receipt?.stage ?? null, history: state.history.map((receipt) => receipt.stage) };
    expect(view).toMatchObject(wanted);
  }

  async #fixesKept({ is, oldest }: StepOf): Promise<void> {
    const kept: string[] = [];
    for (;;) {
      const fix_ids = (await this.outbox.queue()).fixes.map((queued) => queued.fix.fix_id);
      if (fix_ids.length === 0) break;
      kept.push(...fix_ids);
      await this.outbox.apply({ kind: 'fixes_accepted', fix_ids });
    }
    expect([kept.length, kept.at(-1)]).toEqual([is, oldest]);
  }
}

it.each(contract.cases)('$name', async ({ steps }) => {
  const world = new World();
  await world.reopen();
  for (const step of steps) await world.step(step as unknown as StepOf);
}, 60_000);
