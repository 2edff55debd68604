/**
 * Wards and communes whose one-stop desk (or its branch) the simulated city begins with, those of the east bank, where
 * the records were digitised first, at the front. Desks stand at the wards' points.
 */
export const DESK_WARDS: readonly string[] = [
  'long-bien',
  'hoan-kiem',
  'ba-dinh',
  'cau-giay',
  'dong-da',
  'bo-de',
  'ha-dong',
  'tay-ho',
  'hai-ba-trung',
  'thanh-xuan',
  'viet-hung',
  'hoang-mai',
  'tu-liem',
  'cua-nam',
  'nghia-do',
  'phuc-loi',
  'son-tay',
  'dong-anh',
  'gia-lam',
  'soc-son',
  'hoai-duc',
  'thanh-tri',
  'xuan-phuong',
  'chuong-my',
  'phu-xuyen',
  'van-dinh',
];

/** The wards of the former Long Biên district: the first to have their civil records digitised. */
export const FIRST_DIGITISED: readonly string[] = ['long-bien', 'bo-de', 'viet-hung', 'phuc-loi'];

/** What a one-stop desk deals with, as its tag `field`, and its Vietnamese name. */
export const FIELDS = {
  justice: 'Tư pháp',
  'urban-management': 'Quản lý đô thị',
  tax: 'Thuế',
  'social-insurance': 'Bảo hiểm xã hội',
  'business-registration': 'Đăng ký kinh doanh',
} as const;
export type Field = keyof typeof FIELDS;

/** Public bodies at the far end of a line from the data centre: id, name, longitude, latitude; points set by hand and approximate. */
export type DepartmentRow = readonly [id: string, vi: string, longitude: number, latitude: number];

export const DEPARTMENTS: readonly DepartmentRow[] = [
  ['ubnd-thanh-pho', 'UBND thành phố (Đinh Tiên Hoàng)', 105.8538, 21.0286],
  ['so-tu-phap', 'Sở Tư pháp', 105.7784, 20.9696],
  ['so-xay-dung', 'Sở Xây dựng', 105.7905, 21.0335],
  ['so-y-te', 'Sở Y tế', 105.8461, 21.0183],
  ['so-giao-duc', 'Sở Giáo dục và Đào tạo', 105.8466, 21.0237],
  ['thue-ha-noi', 'Thuế thành phố Hà Nội', 105.8094, 21.0112],
  ['bao-hiem-xa-hoi', 'Bảo hiểm xã hội thành phố', 105.8143, 21.0278],
];

/**
 * Where the simulated city's servers stand: a stand-in at a point on Võ Chí Công chosen by hand, not the place of any
 * real data centre.
 */
export const DATA_CENTRE = {
  id: 'du-lieu',
  vi: 'Trung tâm dữ liệu (giả định)',
  position: [105.8035, 21.0571],
} as const;
