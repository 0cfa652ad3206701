import { mount } from 'svelte';
import './app.css';
import Root from './Root.svelte';
import { App } from './state/app.svelte';
import { browserPlatform, storageOrNull } from './state/platform';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

const app = new App(browserPlatform(), storageOrNull());
mount(Root, { target, props: { app } });
app.start();

if (import.meta.env.PROD) {
  // Opens the app without network, and keeps the other screens ready; after everything that an SOS needs.
  addEventListener('load', () => void navigator.serviceWorker?.register('/app/sw.js', { scope: '/app/' }).catch(() => {}));
}
