import { expect, it, vi } from 'vitest';
import { ManualClock } from '../testing/manual_clock';
import { VOICE_MS_MAX, VoiceNote, voiceType, type RecorderLike, type VoiceParts } from './voice';

class Recorder implements RecorderLike {
  state: RecordingState = 'inactive';
  mimeType = '';
  ondataavailable: RecorderLike['ondataavailable'] = null;
  onstop: RecorderLike['onstop'] = null;
  onerror: RecorderLike['onerror'] = null;
  constructor(readonly options: MediaRecorderOptions, readonly said: string) {}

  start(): void {
    this.state = 'recording';
  }

  stop(): void {
    this.state = 'inactive';
    this.ondataavailable?.call(this as never, { data: new Blob([this.said]) } as BlobEvent);
    this.onstop?.call(this as never, new Event('stop'));
  }
}

function world(said = 'sound', can: readonly string[] = ['audio/mp4']) {
  const clock = new ManualClock();
  const track = { stop: vi.fn() };
  const recorders: Recorder[] = [];
  const parts: VoiceParts = {
    clock,
    microphone: () => Promise.resolve({ getTracks: () => [track] } as unknown as MediaStream),
    recorder: (_, options) => {
      const made = new Recorder(options, said);
      recorders.push(made);
      return made;
    },
    canRecord: (type) => can.includes(type),
  };
  return { clock, track, recorders, parts };
}

it('records as the service takes it, in few bits, and lets the microphone go', async () => {
  const { clock, track, recorders, parts } = world();
  const note = await VoiceNote.begin(parts);
  clock.advance(3_400);
  expect([note.seconds, recorders[0]?.options, track.stop.mock.calls.length]).toEqual([3, { mimeType: 'audio/mp4', audioBitsPerSecond: 24_000 }, 0]);
  note.stop();
  const said = await note.ended;
  expect([await said?.text(), said?.type, track.stop.mock.calls.length]).toEqual(['sound', 'audio/mp4', 1]);
});

it('ends by itself after a minute, with what was said', async () => {
  const { clock, track, parts } = world();
  const note = await VoiceNote.begin(parts);
  clock.advance(VOICE_MS_MAX);
  expect([(await note.ended)?.size, track.stop.mock.calls.length]).toEqual([5, 1]);
});

it('is nothing when it is dropped, or when nothing came', async () => {
  const dropped = world();
  const note = await VoiceNote.begin(dropped.parts);
  note.drop();
  expect([await note.ended, dropped.track.stop.mock.calls.length]).toEqual([null, 1]);
  const empty = world('');
  const silent = await VoiceNote.begin(empty.parts);
  silent.stop();
  expect(await silent.ended).toBeNull();
});

it('lets the microphone go where the recorder breaks, at once or later', async () => {
  const { track, parts } = world();
  const broken = { ...parts, recorder: () => { throw new DOMException('no', 'NotSupportedError'); } };
  await expect(VoiceNote.begin(broken)).rejects.toThrow();
  expect(track.stop).toHaveBeenCalledTimes(1);
  const { recorders, track: other, parts: later } = world();
  const note = await VoiceNote.begin(later);
  recorders[0]?.onerror?.call(recorders[0] as never, new Event('error') as never);
  expect([await note.ended, other.stop.mock.calls.length]).toEqual([null, 1]);
});

it('is offered only where there is a form that the service takes', async () => {
  expect(voiceType(world('', ['audio/webm;codecs=opus', 'audio/mp4']).parts)).toBe('audio/webm;codecs=opus');
  const { parts } = world('', ['audio/ogg']);
  expect(voiceType(parts)).toBeNull();
  await expect(VoiceNote.begin(parts)).rejects.toThrow();
});
