// The chat as it is shown: messages, with photos and voice notes where they were added.
import type { KeptAttachment } from '../bridge/outbox/attachments';
import type { ChatMessage } from '../bridge/outbox/types';

export type ChatLine = { id: string; message: ChatMessage } | { id: string; attachment: KeptAttachment };

/** Messages keep their order. An attachment stands behind the message that was the last when it was added; no clock is asked. */
export function chatLines(messages: readonly ChatMessage[], attachments: readonly KeptAttachment[]): ChatLine[] {
  const known = new Set(messages.map(({ message_id }) => message_id));
  const behind = new Map<string | null, ChatLine[]>();
  for (const attachment of attachments) {
    const after = attachment.after !== null && known.has(attachment.after) ? attachment.after : null;
    behind.set(after, [...(behind.get(after) ?? []), { id: attachment.attachment_id, attachment }]);
  }
  const lines = messages.flatMap((message) => [{ id: message.message_id, message }, ...(behind.get(message.message_id) ?? [])]);
  return [...(behind.get(null) ?? []), ...lines];
}
