// Photos and voice notes as the chat sees them. Loaded when the chat is opened, or when some wait to be sent.
import { PHOTO_BYTES_MAX, VOICE_BYTES_MAX, type AttachmentId, type Media } from '@protocol';
import { newId } from '../bridge/ambient';
import { RefusedText } from '../bridge/bridge';
import type { KeptAttachment } from '../bridge/outbox/attachments';
import { sha256Hex } from '../bridge/proof';
import { Uploader, type UploadParts } from '../bridge/upload/uploader';

const BYTES_MAX: Record<Media, number> = { photo: PHOTO_BYTES_MAX, voice: VOICE_BYTES_MAX };

/** How long a file may take to be written, in milliseconds: nobody's SOS waits for it. */
const WRITE_MS_MAX = 10_000;

/** It is larger than the service takes. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

export class Attachments {
  list = $state.raw<KeptAttachment[]>([]);
  readonly #parts: UploadParts;
  readonly #uploader: Uploader;

  constructor(parts: UploadParts) {
    this.#parts = parts;
    this.#uploader = new Uploader(parts);
    this.#uploader.nudge();
  }

  /** Reads what is kept; what waits is looked at as well, for an SOS may have come before it. */
  async read(): Promise<void> {
    this.#uploader.changed();
    this.list = await this.#parts.holder.use((outbox) => outbox.attachments.all()).catch(() => this.list);
  }

  /** What waits is tried at once. */
  nudge(): void {
    this.#uploader.nudge();
  }

  /**
   * Keeps a file for the newest alert and sends it; it is on disk when this returns. Fails with `RefusedText` (no alert),
   * `TooLarge`, `FullError` (too many wait) or a `StorageError`.
   */
  async add(media: Media, file: Blob): Promise<void> {
    if (file.size > BYTES_MAX[media]) throw new TooLarge('too large');
    const data = await file.arrayBuffer();
    const sha256 = await sha256Hex(data);
    const created_at_ms = this.#parts.clock.now();
    const content_type = file.type.split(';')[0] ?? '';
    await this.#parts.holder.use(async (outbox) => {
      const [alert_id] = await outbox.alerts(1);
      if (alert_id === undefined) throw new RefusedText('no_alert');
      await outbox.attachments.add({ attachment_id: newId(created_at_ms), alert_id, media, content_type, sha256, created_at_ms, data });
    }, WRITE_MS_MAX);
    this.#parts.changed();
    this.#uploader.nudge();
  }

  /** The bytes; null when they are no longer on this phone. */
  data(attachment_id: AttachmentId): Promise<ArrayBuffer | null> {
    return this.#parts.holder.use((outbox) => outbox.attachments.data(attachment_id)).catch(() => null);
  }
}
