import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCity, type TestCity } from '../testing/city.fixture.ts';
import { SessionView } from './session.ts';

describe('GET /api/v1/session', () => {
  let city: TestCity;
  beforeEach(async () => {
    city = await openCity();
  });
  afterEach(() => city.close());

  const session = async (as?: string) => {
    const response = await city.request('/api/v1/session', as === undefined ? {} : { as });
    expect(response.status).toBe(200);
    return SessionView.parse(await response.json());
  };

  it('tells without a key what the public may not read', async () => {
    const { key, closed } = await session();
    expect(key).toBeNull();
    expect(closed).toEqual(expect.arrayContaining(['cpu_load', 'failed_logins', 'certificate_days_left']));
    expect(closed).not.toContain('mean_speed');
  });

  it('tells whose key it is, and what that key does not open', async () => {
    const { key, closed } = await session(city.keys.read);
    expect(key?.id).toBe(city.keys.read.split('.')[0]);
    expect(closed).toContain('failed_logins');
    expect(closed).not.toContain('cpu_load');
  });

  it('says nothing of the key’s secret', async () => {
    const response = await city.request('/api/v1/session', { as: city.keys.admin });
    expect(Object.keys(JSON.parse(await response.text()).key).sort()).toEqual(['id', 'name', 'provider', 'scopes']);
  });
});
