// Timers of a page in the background are slowed down to one a minute; those of a worker are not. An alarm must
// not depend on whether the officer looks at another tab.
const TICK_MS = 1000;

setInterval(() => postMessage(null), TICK_MS);
