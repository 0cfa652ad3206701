import type { MessageId, TimelineEntry } from '@protocol';

/** `entry` put in its place; a repeat changes nothing. */
export function addEntry(timeline: TimelineEntry[], entry: TimelineEntry): TimelineEntry[] {
  const last = timeline.at(-1);
  if (!last || entry.seq > last.seq) return [...timeline, entry];
  if (timeline.some((other) => other.seq === entry.seq)) return timeline;
  return [...timeline, entry].sort((a, b) => a.seq - b.seq);
}

export interface ChatLine {
  messageId: MessageId;
  text: string;
  atMs: number;
  /** Name of the officer; null: the worker. */
  from: string | null;
  /** The worker's phone has stored it; always false for the worker's own. */
  delivered: boolean;
}

export function chatOf(timeline: readonly TimelineEntry[]): ChatLine[] {
  const delivered = new Set<MessageId>();
  for (const { event } of timeline) {
    if (event.kind === 'delivered') for (const id of event.message_ids) delivered.add(id);
  }
  return timeline.flatMap(({ event, actor, at_ms }) =>
    event.kind === 'message'
      ? [
          {
            messageId: event.message_id,
            text: event.text,
            atMs: at_ms,
            from: actor.role === 'staff' ? actor.name : null,
            delivered: delivered.has(event.message_id),
          },
        ]
      : [],
  );
}
