/** Wards and communes with a rain gauge in the simulated city: those of Hanoi's weather stations first, then the rest of it. */
export const RAIN_GAUGE_WARDS: readonly string[] = [
  'lang',
  'ha-dong',
  'son-tay',
  'ba-vi',
  'hoai-duc',
  'hoan-kiem',
  'soc-son',
  'dong-anh',
  'me-linh',
  'gia-lam',
  'long-bien',
  'tay-ho',
  'thanh-tri',
  'thuong-tin',
  'phu-xuyen',
  'ung-hoa',
  'my-duc',
  'xuan-mai',
  'thach-that',
  'quoc-oai',
];

/** Rivers of the simulated city by how they answer to rain. */
export const RIVERS = {
  /** Rise of the water in m after 100 mm on the catchment, km around a gauge it comes from, hours it takes, m of a flood from upstream. */
  hong: { vi: 'Sông Hồng', rise: 2, spread: 40, lag: 26, flood: 4.5 },
  duong: { vi: 'Sông Đuống', rise: 2, spread: 40, lag: 28, flood: 4.1 },
  day: { vi: 'Sông Đáy', rise: 1.6, spread: 25, lag: 16, flood: 1.2 },
  'ca-lo': { vi: 'Sông Cà Lồ', rise: 2.2, spread: 16, lag: 10, flood: 1 },
  tich: { vi: 'Sông Tích', rise: 2.4, spread: 14, lag: 9, flood: 0.8 },
  nhue: { vi: 'Sông Nhuệ', rise: 1.5, spread: 12, lag: 6, flood: 0.6 },
  'to-lich': { vi: 'Sông Tô Lịch', rise: 2.2, spread: 5, lag: 1.5, flood: 0 },
} as const;

export type River = keyof typeof RIVERS;

/**
 * River gauges: id, name, river, level of dry days in m above the national datum (a round figure for the simulated city),
 * longitude, latitude. Points on the Hồng, Đuống, Nhuệ, Đáy and Tô Lịch: © OpenStreetMap contributors, ODbL; those of the
 * Cà Lồ and the Tích, and the Đáy south of Mai Lĩnh, are set by hand and approximate.
 */
export type RiverGaugeRow = readonly [
  id: string,
  vi: string,
  river: River,
  dry: number,
  longitude: number,
  latitude: number,
];

export const RIVER_GAUGES: readonly RiverGaugeRow[] = [
  ['ha-noi', 'Long Biên', 'hong', 2.2, 105.8625, 21.0457],
  ['son-tay', 'Sơn Tây', 'hong', 3.6, 105.5055, 21.1585],
  ['thuong-cat', 'Thượng Cát', 'duong', 2.1, 105.8765, 21.0704],
  ['lien-mac', 'Liên Mạc', 'nhue', 3.2, 105.7732, 21.096],
  ['ha-dong', 'Hà Đông', 'nhue', 3, 105.785, 20.9712],
  ['thanh-liet', 'Đập Thanh Liệt', 'to-lich', 3.1, 105.813, 20.9602],
  ['nga-tu-so', 'Ngã Tư Sở', 'to-lich', 3.4, 105.8181, 21.0016],
  ['cau-giay', 'Cầu Giấy', 'to-lich', 3.7, 105.8036, 21.0328],
  ['manh-tan', 'Mạnh Tân', 'ca-lo', 3.2, 105.891, 21.194],
  ['kim-quan', 'Kim Quan', 'tich', 3.4, 105.576, 21.039],
  ['mai-linh', 'Mai Lĩnh', 'day', 2.4, 105.71, 20.91],
  ['ba-tha', 'Ba Thá', 'day', 1.8, 105.7075, 20.806],
  ['dap-phung', 'Đập Phùng', 'day', 3.4, 105.661, 21.09],
  ['dong-quan', 'Đồng Quan', 'nhue', 2.3, 105.8235, 20.843],
  ['phu-dong', 'Cầu Phù Đổng', 'duong', 1.9, 105.932, 21.0588],
  ['phu-lo', 'Phù Lỗ', 'ca-lo', 3.6, 105.848, 21.204],
  ['co-do', 'Cổ Đô', 'hong', 4.2, 105.3985, 21.302],
  ['bat-trang', 'Bát Tràng', 'hong', 1.9, 105.9074, 20.9775],
];
