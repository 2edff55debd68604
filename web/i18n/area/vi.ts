/** The profile of an area and the drawing of areas, in Vietnamese. */
export const areaVi = {
  draw: 'Vẽ vùng trên bản đồ',
  drawKinds: { polygon: 'Vẽ đa giác', circle: 'Vẽ hình tròn' },
  howPolygon: 'Bấm để đặt từng đỉnh; bấm lại đỉnh đầu hoặc bấm đúp để khép vùng.',
  howCircle: ['Bấm để đặt tâm.', 'Bấm thêm một điểm để đặt bán kính.'] as readonly [string, string],
  howKeys:
    'Trên bản đồ: mũi tên để dời (Shift: từng chút), Enter đặt điểm ở tâm, Shift+Enter xong, Backspace bỏ đỉnh cuối.',
  cornersSoFar: (count: string, size: string | null) => `${count} đỉnh${size === null ? '' : ` · ${size}`}`,
  circleSoFar: (radius: string, size: string) => `Bán kính ${radius} · ${size}`,
  finish: 'Xong',
  undo: 'Bỏ đỉnh cuối',
  faults: {
    unreadable: 'Không đọc được vùng này.',
    radius: 'Bán kính phải từ 1 m đến 50 km.',
    'few-corners': 'Đa giác cần ít nhất ba đỉnh khác nhau.',
    'many-corners': 'Đa giác có nhiều nhất 100 đỉnh.',
    crossing: 'Các cạnh cắt nhau: hãy dời hoặc bỏ một đỉnh.',
    empty: 'Vùng này quá nhỏ.',
  },
  handles: {
    corner: (index: string) => `Đỉnh ${index}: mũi tên để dời, Delete để bỏ`,
    side: (index: string) => `Thêm đỉnh sau đỉnh ${index}`,
    centre: 'Tâm hình tròn: mũi tên để dời',
    edge: 'Bán kính: mũi tên trái, phải để đổi',
  },
  drawn: 'Vùng đã vẽ',
  drawnIs: { polygon: 'Đa giác', circle: 'Hình tròn' },
  radius: 'Bán kính (m)',
  size: 'Diện tích',
  edit: 'Sửa hình',
  editDone: 'Sửa xong',
  clear: 'Xóa vùng',
  chip: (size: string) => `Trong vùng vẽ ${size}`,
  condition: 'Tình trạng',
  spans: { PT1H: '1 giờ qua', P1D: '24 giờ qua' },
  hourOf: (from: string, to: string) => `giờ ${from}–${to}`,
  more: (difference: string, share: string | null) =>
    `cao hơn tuần trước ${difference}${share === null ? '' : ` (+${share})`}`,
  less: (difference: string, share: string | null) =>
    `thấp hơn tuần trước ${difference}${share === null ? '' : ` (−${share})`}`,
  points: 'điểm %',
  same: 'bằng tuần trước',
  noBefore: (since: string | null) =>
    since === null
      ? 'Chưa có số liệu tuần trước để so sánh.'
      : `Chưa so sánh được với tuần trước: thành phố có số liệu từ ngày ${since}.`,
  beforeWas: (value: string, moment: string) => `Tuần trước (${moment}): ${value}`,
  beforeLacking: (share: string) => `tuần trước chỉ nhận ${share}`,
  perInhabitants: (value: string) => `${value} / 10.000 dân`,
  rank: (place: number, of: number) =>
    of === 1
      ? 'duy nhất có số liệu'
      : place === 1
        ? `cao nhất trong ${of}`
        : place === of
          ? `thấp nhất trong ${of}`
          : `cao thứ ${place} trong ${of}`,
  rankSame: (of: number) => `cả ${of} như nhau`,
  rankSays: (rank: string, low: string, median: string, high: string) =>
    `${rank}, trong các phường, xã có số liệu; thấp nhất ${low}, giữa ${median}, cao nhất ${high}`,
  rankByInhabitants: 'xếp theo số trên 10.000 dân',
  hidden: (count: string) => `${count} chỉ số không công khai: cần khóa truy cập.`,
  withoutFigures: (names: string) => `Không có thiết bị báo: ${names}`,
  unavailable: (names: string) => `Chưa đọc được: ${names}`,
  nothing: 'Chưa có số liệu nào ở đây.',
  failed: 'Không đọc được hồ sơ. Đang thử lại…',
  loading: 'Đang đọc hồ sơ…',
  read: (moment: string) => `đọc lúc ${moment}`,
  json: 'Mở bằng API',
  csv: 'Tải CSV',
  noRank: 'Vùng tự vẽ không có dân số và không xếp hạng: chưa ai đếm số dân trong đó.',
};
