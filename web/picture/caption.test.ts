import { describe, expect, test } from 'vitest';
import { cityWith, counter, NOW } from '../testing/city.ts';
import { captionOf, fileName } from './caption.ts';

describe('what a picture says of itself', () => {
  test('its file is named by domain and moment in the city’s hours', () => {
    expect(fileName('traffic', NOW, 'Asia/Ho_Chi_Minh')).toBe('nhip-traffic-2026-11-24-0800.png');
    expect(fileName(null, NOW, 'America/Lima')).toBe('nhip-2026-11-23-2000.png');
    expect(fileName(null, Date.UTC(2026, 0, 1, 17), 'Asia/Ho_Chi_Minh')).toBe('nhip-2026-01-02-0000.png');
  });

  test('it tells the moment with its year and zone, what is left out, and whom it thanks', () => {
    const city = cityWith(counter(), counter({ id: 'counter-2', simulated: true }));
    city.reading.done = true;
    city.view.show('traffic');
    city.view.filter({ conditions: ['live'] });
    city.ground.credits = [{ text: '© OpenStreetMap contributors' }, { text: 'ODbL' }];
    const { title, time, filters, credits } = captionOf(city);
    expect(title).toBe('Hanoi · Traffic');
    expect(time).toMatch(/^08:00, Tue, 24\/11\/2026 \(GMT\+7\)/);
    expect(time).toContain('newest 10 sec ago');
    expect(filters).toContain('Reporting');
    expect(credits).toBe('© OpenStreetMap contributors, ODbL · schematic map');
    city.time.compare(NOW - 86_400_000);
    const both = captionOf(city, true).time;
    expect(both).toMatch(/^Left: 08:00, Tue, 24\/11\/2026.* · Right: 08:00, Mon, 23\/11\/2026/);
  });
});
