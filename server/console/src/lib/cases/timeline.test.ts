import { describe, expect, it } from 'vitest';
import { anAttachment, anEntry } from '../../testing/samples';
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
    const messages = chat.flatMap((line) => (line.kind === 'message' ? [line] : []));
    expect(messages.map(({ from, text, delivered }) => [from, text, delivered])).toEqual([
      ['Minh', 'Chị ở đâu?', true],
      [null, 'Em ở ga', false],
    ]);
  });
});

it('photos and voice notes are lines of the chat, in their place', () => {
  const taken = { at_ms: 1 };
  const chat = chatOf([
    anEntry(1, { kind: 'message', message_id: 'm1', text: 'Gửi ảnh giúp' }),
    anAttachment(2, {}, taken),
    anAttachment(3, { media: 'voice' }),
  ]);
  expect(chat).toMatchObject([
    { kind: 'message', id: 'm1' },
    { kind: 'attachment', id: 't2', attachment: { media: 'photo' }, taken },
    { kind: 'attachment', id: 't3', attachment: { media: 'voice' }, taken: null },
  ]);
});
