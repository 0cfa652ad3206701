/// <reference types="svelte" />
/// <reference types="vite/client" />

/** Of the service worker's build: the files to keep, and a name for this set of contents. */
declare const __FILES__: string[];
declare const __VERSION__: string;
