import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceId } from './device.ts';
import { carriesPayload, devEuiOf, deviceOfEui, isOtherTtsMessage, readUplink } from './uplink.ts';

const tts = (change: object = {}, more: object = {}) => ({
  end_device_ids: { device_id: 'room-4', dev_eui: '70B3D57BA0003BB8', join_eui: '0000000000000000' },
  received_at: '2026-11-24T01:00:00.848446463Z',
  uplink_message: {
    ...{ f_port: 85, f_cnt: 7, frm_payload: 'A2cYAQ==', received_at: '2026-11-24T01:00:00.641841782Z' },
    ...change,
  },
  ...more,
});
const chirpstack = (change: object = {}) => ({
  ...{ deduplicationId: '57433366-50a6-4dc2-8145-2df1bbc70d9e', time: '2026-11-24T08:00:00.641841+07:00' },
  ...{ deviceInfo: { devEui: '70b3d57ba0003bb8', tags: {} }, fPort: 85, fCnt: 7, data: 'A2cYAQ==' },
  ...change,
});
const payload = Uint8Array.of(0x03, 0x67, 0x18, 0x01);

describe('an uplink', () => {
  it('says the same of the device, whichever server received it', () => {
    const same = { device: 'eui-70b3d57ba0003bb8', fPort: 85, payload, encrypted: false, simulated: false };
    expect(readUplink('tts', tts()).data).toEqual({ ...same, time: '2026-11-24T01:00:00.641841782Z' });
    expect(readUplink('chirpstack', chirpstack()).data).toEqual({ ...same, time: '2026-11-24T08:00:00.641841+07:00' });
  });

  it.each([
    ['no DevEUI', tts({}, { end_device_ids: { device_id: 'room-4' } }), 'end_device_ids.dev_eui'],
    ['a short DevEUI', tts({}, { end_device_ids: { dev_eui: '70B3D5' } }), 'end_device_ids.dev_eui'],
    ['a payload that is not base64', tts({ frm_payload: 'zz' }), 'uplink_message.frm_payload'],
    ['no time', tts({ received_at: undefined }), 'uplink_message.received_at'],
    ['a port beyond a byte', tts({ f_port: 256 }), 'uplink_message.f_port'],
    ['nothing at all', null, ''],
  ])('with %s is none, and it is said where', (_, body, path) => {
    expect(readUplink('tts', body).error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  it('of ChirpStack v3 is none of v4', () => {
    const v3 = { applicationID: '123', devEUI: 'AgICAgICAgI=', fPort: 5, data: 'AhtQAA==' };
    expect(readUplink('chirpstack', v3).success).toBe(false);
  });

  it('of MAC commands alone carries nothing of the application', () => {
    const carries = (change: object) => {
      const { data } = readUplink('tts', tts(change));
      return data && carriesPayload(data);
    };
    expect(carries({})).toBe(true);
    expect(carries({ f_port: 0 })).toBe(false);
    expect(carries({ f_port: undefined })).toBe(false);
    expect(carries({ frm_payload: undefined })).toBe(false);
    expect(carries({ frm_payload: '' })).toBe(false);
  });

  it('is encrypted where its server has no key for the payload', () => {
    expect(readUplink('tts', tts({ app_s_key: { kek_label: 'ns', encrypted_key: 'AAAA' } })).data?.encrypted).toBe(
      true,
    );
    expect(readUplink('chirpstack', chirpstack({ joinServerContext: { sessionKeyId: 'x' } })).data?.encrypted).toBe(
      true,
    );
    expect(readUplink('chirpstack', chirpstack({ joinServerContext: null })).data?.encrypted).toBe(false);
  });

  it('is told from the other messages of The Things Stack', () => {
    expect(isOtherTtsMessage({ end_device_ids: {}, join_accept: {} })).toBe(true);
    for (const body of [tts(), {}, [], null, 'text']) expect(isOtherTtsMessage(body)).toBe(false);
  });

  it('is read from any JSON without an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        for (const format of ['tts', 'chirpstack'] as const)
          expect(readUplink(format, body).success).toBeTypeOf('boolean');
      }),
    );
  });
});

it('a device is named by its DevEUI, and its DevEUI is in its name', () => {
  const devEui = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  fc.assert(
    fc.property(devEui, (eui) => {
      const device = deviceOfEui(eui.toUpperCase());
      expect(DeviceId.parse(device)).toBe(device);
      expect(devEuiOf(device)).toBe(eui);
    }),
  );
  expect(devEuiOf('counter-1')).toBeUndefined();
});
