import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { LAYER_IDS, Layers, readLayers, type ShownLayer, writeLayers } from './layers.svelte.ts';

const at = (search: string) => window.history.replaceState(null, '', `/${search}`);
const inAddress = () => Object.fromEntries(new URLSearchParams(window.location.search));
beforeEach(() => at(''));

const ids = (layers: readonly ShownLayer[]) => layers.map(({ id }) => id);
const anyLayers = fc
  .uniqueArray(fc.record({ id: fc.constantFrom(...LAYER_IDS), percent: fc.integer({ min: 10, max: 100 }) }), {
    selector: ({ id }) => id,
  })
  .map((layers) => layers.map(({ id, percent }) => ({ id, opacity: percent / 100 })));

describe('in the address', () => {
  test('layers are read as they are written, whatever is on in whatever order', () => {
    fc.assert(
      fc.property(anyLayers, (layers) => {
        const text = writeLayers(layers);
        expect(readLayers(text === null ? '' : `?${new URLSearchParams({ layers: text })}`)).toEqual(layers);
      }),
    );
  });

  test('no text makes it fail, and each layer is there once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (layers) => {
        const read = ids(readLayers(`?${new URLSearchParams({ layers })}`));
        expect(new Set(read).size).toBe(read.length);
      }),
    );
  });

  test.each([
    ['', ['devices']],
    ['?layer=devices', ['devices']],
    ['?layer=wards', ['wards']],
    ['?layers=none', []],
    ['?layers=3d', ['devices']],
    ['?layers=hex,devices,hex', ['hex', 'devices']],
  ])('%s shows %s', (search, expected) => expect(ids(readLayers(search))).toEqual(expected));

  test('a link of before is written in the new way once something changes', () => {
    at('?layer=wards&lang=en');
    new Layers().fade('wards', 0.6);
    expect(inAddress()).toEqual({ layers: 'wards.60', lang: 'en' });
  });
});

test('a layer is put on where it usually lies, and off and on again as it was', () => {
  const layers = new Layers();
  layers.toggle('wards');
  layers.toggle('heat');
  expect(ids(layers.shown)).toEqual(['wards', 'heat', 'devices']);
  layers.fade('heat', 0.5);
  layers.toggle('heat');
  expect(inAddress()).toEqual({ layers: 'wards,devices' });
  layers.toggle('heat');
  expect(layers.opacity('heat')).toBe(0.5);
});

test('layers change places with their neighbours, and the outermost stay', () => {
  const layers = new Layers();
  layers.only('wards', 'devices');
  expect([layers.canMove('devices', 1), layers.canMove('wards', 1)]).toEqual([false, true]);
  layers.move('devices', 1);
  expect(ids(layers.shown)).toEqual(['wards', 'devices']);
  layers.move('wards', 1);
  expect(ids(layers.shown)).toEqual(['devices', 'wards']);
  expect(ids(new Layers().shown)).toEqual(['devices', 'wards']);
});

test('a layer never fades away', () => {
  const layers = new Layers();
  layers.fade('devices', 0);
  expect(layers.opacity('devices')).toBeGreaterThan(0);
});

test('what heat is made of and whether devices are grouped is in the address', () => {
  const layers = new Layers();
  layers.weigh('density');
  layers.group(false);
  expect(inAddress()).toEqual({ heat: 'density', grouped: 'no' });
  const again = new Layers();
  expect([again.heat, again.grouped]).toEqual(['density', false]);
});
