/** Base map, offline, picture and print, sheet: the page anywhere, in Vietnamese. */
export const anywhereVi = {
  menu: 'Công cụ',
  sheet: 'Chiều cao bảng',
  sheetStops: { peek: 'hé mở', half: 'một nửa', full: 'toàn bộ' },
  offline: 'Ngoại tuyến.',
  lastState: (moment: string, age: string) => `Trạng thái cuối lúc ${moment}, ${age}`,
  onlyCounted: (domain: string, devices: string, live: string) =>
    `${domain}: khi đó có ${devices} thiết bị, ${live} đang báo; quá nhiều để giữ từng thiết bị.`,
  notKept: 'Máy này không giữ danh sách thiết bị để xem khi mất mạng.',
  newBuild: 'Trang đã có bản mới.',
  takeBuild: 'Mở bản mới',
  later: 'Để sau',
  schematicNote: 'bản đồ sơ lược',
  base: 'Bản đồ nền',
  bases: { schematic: 'Sơ lược', openfreemap: 'OpenFreeMap', pmtiles: 'Của thành phố' },
  baseNotes: {
    schematic: 'có sẵn trong trang, không cần mạng',
    openfreemap: 'chi tiết, tải từ tiles.openfreemap.org',
    pmtiles: 'chi tiết, từ máy chủ của thành phố',
  },
  baseFailed: 'Bản đồ nền đã chọn không tải được: đang dùng bản sơ lược.',
  takeAlong: 'Mang đi',
  picture: 'Lưu ảnh bản đồ (PNG)',
  takingPicture: 'Đang tạo ảnh…',
  pictureFailed: 'Không tạo được ảnh trên máy này.',
  print: 'In bản đồ',
  both: (left: string, right: string) => `Trái: ${left} · Phải: ${right}`,
};
