import { describe, expect, it } from 'vitest';
import { anEntry } from '../../testing/samples';
import { addEntry, chatOf } from './timeline';

describe('a timeline', () => {
  it('is in order of the ledger, each entry once', () => {
    const timeline = [5, 7, 6, 7, 5].map((seq) => anEntry(seq)).reduce(addEntry, []);
    expect(timeline.map((entry) => entry.seq)).toEqual([5, 6, 7]);
  });

  it('gives the chat, and which messages are on the phone', () => {
    const chat = chatOf([
      { ...anEntry(1, { kind: 'message', message_id: 'm1', text: 'Chị ở đâu?' }), actor: { role: 'staff', staff_id: 's', name: 'Minh' } },
      { ...anEntry(2, { kind: 'message', message_id: 'm2', text: 'Em ở ga' }), actor: { role: 'worker' } },
      anEntry(3, { kind: 'delivered', message_ids: ['m1'] }),
      anEntry(4, { kind: 'note', note_id: 'n1', text: 'không cho người lao động thấy' }),
    ]);
    expect(chat.map(({ from, text, delivered }) => [from, text, delivered])).toEqual([
      ['Minh', 'Chị ở đâu?', true],
      [null, 'Em ở ga', false],
    ]);
  });
});
