/** Puts text on the clipboard, and knows what became of it. */
export class Copier {
  copied = $state<string | null>(null);
  /** The browser does not allow it. */
  refused = $state(false);

  async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = text;
      this.refused = false;
    } catch {
      this.refused = true;
    }
  }
}
