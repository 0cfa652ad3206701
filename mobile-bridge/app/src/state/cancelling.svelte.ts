// Taking a press back: at once, or with the worker's PIN.
import type { AlertId, Pin } from '@protocol';
import type { BridgeEvent } from '../bridge/machine/types';
import type { AlertState } from '../bridge/outbox/types';

/** Why the pad is there: the worker wants to cancel, the service asked for the PIN, or it was wrong. */
export type PadReason = 'begun' | 'needed' | 'wrong';

export interface CancellingParts {
  /** The alert on the screen. */
  alert: () => AlertState | null;
  /** It is under way. */
  open: () => boolean;
  cancel: (alert_id: AlertId, pin?: Pin) => Promise<void>;
}

export class Cancelling {
  /** The worker is known to have a PIN. */
  has_pin = $state(false);
  /** The press whose PIN was tried too often. */
  too_often = $state<AlertId | null>(null);
  #pad = $state.raw<{ alert_id: AlertId; reason: PadReason } | null>(null);
  readonly #parts: CancellingParts;

  constructor(parts: CancellingParts) {
    this.#parts = parts;
  }

  /** The PIN pad is on the screen, and why. It stays as long as it takes: nothing half typed is snatched away. */
  get pad(): PadReason | null {
    const alert = this.#parts.alert();
    const mine = alert !== null && alert.alert_id === this.#pad?.alert_id && alert.cancel === 'none';
    return mine && this.#parts.open() ? (this.#pad?.reason ?? null) : null;
  }

  /** "Bấm nhầm – Huỷ" was pressed. */
  async begin(): Promise<void> {
    const alert_id = this.#parts.alert()?.alert_id;
    if (alert_id === undefined) return;
    if (this.has_pin) this.#pad = { alert_id, reason: 'begun' };
    else await this.#parts.cancel(alert_id);
  }

  async typed(pin: Pin): Promise<void> {
    const alert_id = this.#pad?.alert_id;
    if (alert_id !== undefined) await this.#parts.cancel(alert_id, pin);
  }

  /** The SOS stays. */
  leave(): void {
    this.#pad = null;
  }

  refused({ alert_id, code }: Extract<BridgeEvent, { kind: 'cancel_refused' }>): void {
    if (code === 'rate_limited') {
      this.too_often = alert_id;
      return;
    }
    this.too_often = null;
    this.has_pin = true;
    this.#pad = { alert_id, reason: code === 'pin_wrong' ? 'wrong' : 'needed' };
  }
}
