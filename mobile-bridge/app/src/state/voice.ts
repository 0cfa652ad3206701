// Records a voice note. However it ends, the microphone is let go.
import type { Clock } from '../bridge/ambient';

/** Longest note, in milliseconds. */
export const VOICE_MS_MAX = 60_000;
/** Enough for speech, in bits a second: a minute has 180 KB. */
const BITS_PER_S = 24_000;
/** The service takes both; the first that the browser can. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4'] as const;

/** What of a browser's `MediaRecorder` is used. */
export type RecorderLike = Pick<MediaRecorder, 'start' | 'stop' | 'state' | 'mimeType' | 'ondataavailable' | 'onstop' | 'onerror'>;

export interface VoiceParts {
  clock: Clock;
  /** The browser asks the worker; fails where they refuse or there is none. */
  microphone: () => Promise<MediaStream>;
  recorder: (stream: MediaStream, options: MediaRecorderOptions) => RecorderLike;
  canRecord: (type: string) => boolean;
}

/** What this browser can record as; null: nothing that the service takes. */
export function voiceType({ canRecord }: Pick<VoiceParts, 'canRecord'>): string | null {
  return TYPES.find(canRecord) ?? null;
}

/** A note that is being recorded. */
export class VoiceNote {
  /** What was said, when it has ended by itself or by `stop`; null: it was dropped, or nothing came. */
  readonly ended: Promise<Blob | null>;
  readonly #recorder: RecorderLike;
  readonly #clock: Clock;
  readonly #began: number;
  #dropped = false;

  private constructor(parts: VoiceParts, stream: MediaStream, type: string) {
    this.#clock = parts.clock;
    this.#began = parts.clock.steady();
    const recorder = parts.recorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_S });
    this.#recorder = recorder;
    const said: Blob[] = [];
    const endsAnyway = parts.clock.after(VOICE_MS_MAX, () => this.stop());
    this.ended = new Promise((done) => {
      const end = () => {
        endsAnyway();
        release(stream);
        const note = new Blob(said, { type: recorder.mimeType || type });
        done(this.#dropped || note.size === 0 ? null : note);
      };
      recorder.ondataavailable = ({ data }) => void said.push(data);
      recorder.onstop = end;
      recorder.onerror = end;
    });
    recorder.start();
  }

  /** Asks for the microphone and begins. Fails where there is none, or the worker refuses. */
  static async begin(parts: VoiceParts): Promise<VoiceNote> {
    const type = voiceType(parts);
    if (type === null) throw new Error('this browser records nothing that the service takes');
    const stream = await parts.microphone();
    try {
      return new VoiceNote(parts, stream, type);
    } catch (error) {
      release(stream);
      throw error;
    }
  }

  get seconds(): number {
    return Math.floor((this.#clock.steady() - this.#began) / 1000);
  }

  stop(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
  }

  drop(): void {
    this.#dropped = true;
    this.stop();
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

export function browserVoice(clock: Clock): VoiceParts {
  const { MediaRecorder } = window as Partial<Pick<typeof window, 'MediaRecorder'>>;
  const media = navigator.mediaDevices as MediaDevices | undefined;
  return {
    clock,
    microphone: () => media?.getUserMedia({ audio: true }) ?? Promise.reject(new Error('no microphone')),
    recorder: (stream, options) => new window.MediaRecorder(stream, options),
    canRecord: (type) => media !== undefined && MediaRecorder?.isTypeSupported(type) === true,
  };
}
