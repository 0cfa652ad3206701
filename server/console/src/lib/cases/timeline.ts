import type { Attachment, MessageId, Taken, TimelineEntry, UnixMs } from '@protocol';

/** `entry` put in its place; a repeat changes nothing. */
export function addEntry(timeline: TimelineEntry[], entry: TimelineEntry): TimelineEntry[] {
  const last = timeline.at(-1);
  if (!last || entry.seq > last.seq) return [...timeline, entry];
  if (timeline.some((other) => other.seq === entry.seq)) return timeline;
  return [...timeline, entry].sort((a, b) => a.seq - b.seq);
}

export interface MessageLine {
  kind: 'message';
  id: MessageId;
  text: string;
  atMs: UnixMs;
  /** Name of the officer; null: the worker. */
  from: string | null;
  /** The worker's phone has stored it; always false for the worker's own. */
  delivered: boolean;
}

/** A photo or a voice note of the worker. */
export interface AttachmentLine {
  kind: 'attachment';
  id: string;
  attachment: Attachment;
  taken: Taken | null;
  /** When it had arrived whole. */
  atMs: UnixMs;
}

export type ChatLine = MessageLine | AttachmentLine;

export function chatOf(timeline: readonly TimelineEntry[]): ChatLine[] {
  const delivered = new Set<MessageId>();
  for (const { event } of timeline) {
    if (event.kind === 'delivered') for (const id of event.message_ids) delivered.add(id);
  }
  return timeline.flatMap((entry) => lineOf(entry, delivered) ?? []);
}

function lineOf({ event, actor, at_ms }: TimelineEntry, delivered: ReadonlySet<MessageId>): ChatLine | null {
  if (event.kind === 'attachment') {
    const { attachment, taken } = event;
    return { kind: 'attachment', id: attachment.attachment_id, attachment, taken: taken ?? null, atMs: at_ms };
  }
  if (event.kind !== 'message') return null;
  return {
    kind: 'message',
    id: event.message_id,
    text: event.text,
    atMs: at_ms,
    from: actor.role === 'staff' ? actor.name : null,
    delivered: delivered.has(event.message_id),
  };
}
