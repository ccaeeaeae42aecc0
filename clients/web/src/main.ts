import '@fontsource-variable/atkinson-hyperlegible-next/wght.css';
import '@fontsource-variable/atkinson-hyperlegible-next/wght-italic.css';
import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { i18n } from './lib/i18n/index.svelte';
import { reference } from './lib/reference.svelte';
import { router } from './lib/router/router.svelte';
import { session } from './lib/session.svelte';
import { notFound, routes } from './routes';

const spoken = i18n.speak(i18n.guess());
const known = session.load(); // before the page's code: a browser makes few requests at a time
router.start(routes, notFound);
const labels = reference.load().catch(() => undefined);
await Promise.all([labels, spoken, known]);
mount(App, { target: document.getElementById('app')! });
