// Links that open the app: a QR code of the desk, read by the phone's own camera.

/** The enrolment code in `#code=…` (or `#enrol=…`), as it was written; null: it is no such link. */
export function codeOf(hash: string): string | null {
  return /^#(?:code|enrol)=([A-Za-z0-9-]{1,40})$/.exec(hash)?.[1] ?? null;
}
