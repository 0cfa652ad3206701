import { mount } from 'svelte';
import './fonts.css';
import './app.css';
import App from './App.svelte';
import { Console } from './state/console.svelte';
import { browserPlatform } from './state/platform';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

mount(App, { target, props: { console: new Console(browserPlatform()) } });
