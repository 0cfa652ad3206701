// Plays a voice note from memory: the pages' policy lets no media be loaded from anywhere.

/** Begins to play; the answer stops it. `ended` is called once, when it is over or was stopped. Fails where it cannot be read. */
export async function playNote(data: ArrayBuffer, ended: () => void): Promise<() => void> {
  const context = new AudioContext();
  const close = () => {
    void context.close().catch(() => {});
    ended();
  };
  try {
    // In the tap, or browsers keep it silent.
    void context.resume();
    const source = context.createBufferSource();
    // The bytes are taken away by it.
    source.buffer = await context.decodeAudioData(data.slice(0));
    source.connect(context.destination);
    source.onended = close;
    source.start();
    return () => source.stop();
  } catch (error) {
    void context.close().catch(() => {});
    throw error;
  }
}
