import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/500.css';
import '@fontsource/be-vietnam-pro/600.css';
import './app.css';
import { mount } from 'svelte';
import { keepPage } from './offline/register.ts';
import { beginWithFirst } from './state/saved-views.svelte.ts';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');
if (window.location.pathname === '/quarantine') {
  mount((await import('./quarantine/Page.svelte')).default, { target });
  keepPage();
} else {
  beginWithFirst();
  const { search } = window.location;
  // The map is most of what the page weighs, and what it is opened for: nothing is loaded beside it until it is at
  // work. Where it does not come the page says so.
  if (new URLSearchParams(search).get('show') !== 'table') {
    await import('./map/first.ts').then(({ beginMap }) => beginMap()).catch(() => {});
    import('./components/MapCanvas.svelte').catch(() => {});
  }
  mount((await import('./App.svelte')).default, { target });
}
