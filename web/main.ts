import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/500.css';
import '@fontsource/be-vietnam-pro/600.css';
import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { keepPage } from './offline/register.ts';
import { beginWithFirst } from './state/saved-views.svelte.ts';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');
const other = window.location.pathname === '/quarantine';
if (!other) beginWithFirst();
const page = other ? (await import('./quarantine/Page.svelte')).default : App;
mount(page, { target });
keepPage();
