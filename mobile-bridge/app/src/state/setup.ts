// How the app is set up on this phone, as far as the browser tells.

export interface Setup {
  /** The browser will not clear the storage by itself. */
  persisted: boolean;
  /** Opened from the home screen. */
  installed: boolean;
  /** Whether notices may be shown; `none`: this browser has no such thing. */
  notices: NotificationPermission | 'none';
  /** A push service can wake the app. */
  push: boolean;
}

/** How long the browser may take for an answer, in milliseconds: `ready` never comes where there is no service worker. */
const ANSWER_MS_MAX = 3_000;

export async function setup(): Promise<Setup> {
  const [persisted, push] = await Promise.all([inTime(persist()), inTime(subscribed())]);
  return { persisted, push, installed: installed(), notices: 'Notification' in window ? Notification.permission : 'none' };
}

async function persist(): Promise<boolean> {
  // Chrome and Safari decide by themselves; Firefox asks the worker.
  return (await navigator.storage?.persisted()) || (await navigator.storage?.persist()) || false;
}

async function subscribed(): Promise<boolean> {
  const registration = await navigator.serviceWorker?.ready;
  return (await registration?.pushManager?.getSubscription()) != null;
}

function installed(): boolean {
  const ios = navigator as Navigator & { standalone?: boolean };
  return ios.standalone === true || matchMedia('(display-mode: standalone)').matches;
}

async function inTime(answer: Promise<boolean>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((done) => (timer = setTimeout(() => done(false), ANSWER_MS_MAX)));
  try {
    return await Promise.race([answer, late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
