import type { Language } from '../../model/text.ts';

/** Why a connection went, by the broker's word for it. */
const VI = {
  'connection-lost': 'mất kết nối',
  'keepalive-timeout': 'không còn tín hiệu',
  disconnected: 'thiết bị tự ngắt',
  'city-restarted': 'chưa trở lại từ khi thành phố khởi động lại',
  retired: 'đã ngừng sử dụng',
  'credential-changed': 'mật khẩu đã đổi',
  'protocol-error': 'lỗi giao thức',
  'forbidden-topic': 'gửi vào chủ đề không được phép',
  'packet-too-large': 'gói tin quá lớn',
};

const EN: Readonly<Record<keyof typeof VI, string>> = {
  'connection-lost': 'connection lost',
  'keepalive-timeout': 'no sign of life',
  disconnected: 'the device signed off',
  'city-restarted': 'not back since the city restarted',
  retired: 'retired',
  'credential-changed': 'its password was changed',
  'protocol-error': 'protocol error',
  'forbidden-topic': 'published where it may not',
  'packet-too-large': 'packet too large',
};

const WORDS = { vi: new Map(Object.entries(VI)), en: new Map(Object.entries(EN)) };

/** The reason in words; undefined for one that says nothing to a reader of the map. */
export function whyDisconnected(language: Language, reason: string | null): string | undefined {
  return reason === null ? undefined : WORDS[language].get(reason);
}
