/** On which windows of this app and its service worker tell each other that the outbox changed. */
export const CHANNEL = 'sos-outbox';
/** Name of the hint to the browser that something waits. */
export const SYNC_TAG = 'sos-outbox';
