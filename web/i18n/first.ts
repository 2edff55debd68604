import type { Language } from '../../model/text.ts';

const vi = {
  loadingMap: 'Đang tải bản đồ…',
  mapFailed: 'Không vẽ được bản đồ trên máy này. Danh sách bên trái có cùng dữ liệu.',
  pageFailed: 'Không tải hết được trang. Đang thử lại…',
};

/** What is said before the page's texts have come. */
export type FirstMessages = typeof vi;

const en: FirstMessages = {
  loadingMap: 'Loading the map…',
  mapFailed: 'The map cannot be drawn on this machine. The list on the left holds the same data.',
  pageFailed: 'Not all of the page could be loaded. Trying again…',
};

export const FIRST_MESSAGES: Readonly<Record<Language, FirstMessages>> = { vi, en };
