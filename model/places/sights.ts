/** How a sight's day goes: `gated` has opening hours, `open` is busy by day, `evening` draws its crowd after sunset. */
export type SightRhythm = 'gated' | 'open' | 'evening';

/**
 * Sights of Hanoi: id, name, people they hold safely (a round figure for the simulated city), rhythm, opening and
 * closing hour (city time), longitude, latitude. Points are set by hand and approximate (Văn Miếu and the Fine Arts
 * Museum: © OpenStreetMap contributors, ODbL).
 */
export type SightRow = readonly [
  id: string,
  vi: string,
  capacity: number,
  rhythm: SightRhythm,
  opens: number,
  closes: number,
  longitude: number,
  latitude: number,
];

export const SIGHTS: readonly SightRow[] = [
  ['ho-hoan-kiem', 'Hồ Hoàn Kiếm', 12000, 'evening', 0, 24, 105.85236, 21.02879],
  ['van-mieu', 'Văn Miếu – Quốc Tử Giám', 3000, 'gated', 8, 17, 105.83587, 21.02862],
  ['lang-bac', 'Lăng Chủ tịch Hồ Chí Minh', 5000, 'gated', 7.5, 11, 105.83465, 21.03672],
  ['hoang-thanh', 'Hoàng thành Thăng Long', 4000, 'gated', 8, 17, 105.84022, 21.03518],
  ['den-ngoc-son', 'Đền Ngọc Sơn', 600, 'gated', 7, 18, 105.85238, 21.03069],
  ['nha-tho-lon', 'Nhà thờ Lớn', 1500, 'open', 6, 21, 105.84888, 21.02873],
  ['hoa-lo', 'Di tích Nhà tù Hỏa Lò', 900, 'gated', 8, 17, 105.84647, 21.02537],
  ['nha-hat-lon', 'Nhà hát Lớn', 1200, 'evening', 8, 22.5, 105.85747, 21.02418],
  ['cho-dong-xuan', 'Chợ Đồng Xuân', 5000, 'open', 6, 18.5, 105.85023, 21.03824],
  ['ta-hien', 'Phố Tạ Hiện', 2500, 'evening', 0, 24, 105.85229, 21.03495],
  ['cho-dem-hang-dao', 'Chợ đêm Hàng Đào', 6000, 'evening', 0, 24, 105.85081, 21.03392],
  ['cau-long-bien', 'Cầu Long Biên', 1500, 'open', 5, 22, 105.85875, 21.04327],
  ['chua-tran-quoc', 'Chùa Trấn Quốc', 900, 'gated', 7.5, 18, 105.83672, 21.04797],
  ['chua-mot-cot', 'Chùa Một Cột', 700, 'gated', 7, 18, 105.83359, 21.03586],
  ['den-quan-thanh', 'Đền Quán Thánh', 700, 'gated', 8, 17, 105.83637, 21.04306],
  ['phu-tay-ho', 'Phủ Tây Hồ', 1800, 'gated', 5, 19, 105.81937, 21.05558],
  ['ho-tay', 'Hồ Tây – đường Thanh Niên', 8000, 'evening', 0, 24, 105.83883, 21.04713],
  ['bao-tang-dan-toc-hoc', 'Bảo tàng Dân tộc học', 1500, 'gated', 8.5, 17.5, 105.79863, 21.04046],
  ['bao-tang-lich-su-quan-su', 'Bảo tàng Lịch sử Quân sự', 6000, 'gated', 8, 16.5, 105.75528, 21.00818],
  ['bao-tang-my-thuat', 'Bảo tàng Mỹ thuật', 800, 'gated', 8.5, 17, 105.83741, 21.03091],
  ['bao-tang-phu-nu', 'Bảo tàng Phụ nữ', 800, 'gated', 8, 17, 105.85191, 21.02331],
  ['bao-tang-lich-su', 'Bảo tàng Lịch sử Quốc gia', 1000, 'gated', 8, 17, 105.85974, 21.02443],
  ['bao-tang-ho-chi-minh', 'Bảo tàng Hồ Chí Minh', 1500, 'gated', 8, 16.5, 105.8329, 21.03574],
  ['mua-roi-thang-long', 'Nhà hát Múa rối Thăng Long', 350, 'evening', 14, 21.5, 105.8534, 21.03177],
  ['cong-vien-thong-nhat', 'Công viên Thống Nhất', 7000, 'open', 5, 22, 105.84399, 21.01583],
  ['cong-vien-thu-le', 'Công viên Thủ Lệ', 4000, 'gated', 7.5, 18, 105.80663, 21.03084],
  ['pho-sach', 'Phố sách 19 tháng 12', 1000, 'open', 8, 22, 105.84723, 21.02456],
  ['pho-duong-tau', 'Phố đường tàu', 400, 'open', 9, 21, 105.84165, 21.02962],
  ['lotte-observation', 'Đài quan sát Lotte', 600, 'gated', 9, 23, 105.8126, 21.03218],
  ['lang-gom-bat-trang', 'Làng gốm Bát Tràng', 3000, 'gated', 8, 17.5, 105.91277, 20.97665],
  ['lang-lua-van-phuc', 'Làng lụa Vạn Phúc', 2000, 'gated', 8, 18.5, 105.77341, 20.97965],
  ['co-loa', 'Thành Cổ Loa', 2500, 'gated', 8, 17, 105.87266, 21.11378],
  ['lang-co-duong-lam', 'Làng cổ Đường Lâm', 1500, 'gated', 7, 18, 105.46906, 21.15675],
  ['chua-huong', 'Chùa Hương', 9000, 'gated', 6, 18, 105.74528, 20.61842],
  ['chua-thay', 'Chùa Thầy', 1500, 'gated', 7, 18, 105.64407, 21.02336],
  ['vuon-quoc-gia-ba-vi', 'Vườn quốc gia Ba Vì', 3500, 'gated', 7, 18, 105.3659, 21.07952],
  ['viet-phu-thanh-chuong', 'Việt Phủ Thành Chương', 1500, 'open', 7, 18, 105.8247, 21.29032],
  ['aeon-long-bien', 'AEON Mall Long Biên', 9000, 'evening', 9, 22, 105.89913, 21.02713],
  ['royal-city', 'Royal City', 7000, 'evening', 9.5, 22, 105.81532, 21.00323],
  ['my-dinh', 'Sân vận động Mỹ Đình', 40000, 'evening', 6, 22, 105.76394, 21.02045],
];
