import { expect, it } from 'vitest';
import type { KeptAttachment } from '../bridge/outbox/attachments';
import type { ChatMessage } from '../bridge/outbox/types';
import { chatLines } from './chat_lines';

const message = (message_id: string) => ({ message_id }) as ChatMessage;
const attachment = (attachment_id: string, after: string | null) => ({ attachment_id, after }) as KeptAttachment;
const ids = (messages: string[], attachments: [string, string | null][]) =>
  chatLines(messages.map(message), attachments.map(([id, after]) => attachment(id, after))).map(({ id }) => id);

it('an attachment stands behind the message that was the last when it was added', () => {
  expect(ids(['1', '2', '3'], [['a', null], ['b', '2'], ['c', '2'], ['d', '3']])).toEqual(['a', '1', '2', 'b', 'c', '3', 'd']);
});

it('one whose message is no longer kept is older than all that are', () => {
  expect(ids(['8', '9'], [['a', '3']])).toEqual(['a', '8', '9']);
  expect(ids([], [['a', null]])).toEqual(['a']);
});
