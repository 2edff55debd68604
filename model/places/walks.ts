/**
 * Where people walk: id, name, people an hour at the height of the day (a round figure for the simulated city), whether
 * the evening is the height, longitude, latitude. Points are set by hand and approximate.
 */
export type WalkRow = readonly [
  id: string,
  vi: string,
  peakPerHour: number,
  evening: boolean,
  longitude: number,
  latitude: number,
];

export const WALKS: readonly WalkRow[] = [
  ['dinh-tien-hoang', 'Đinh Tiên Hoàng (bờ hồ)', 4200, true, 105.85363, 21.02998],
  ['le-thai-to', 'Lê Thái Tổ (bờ hồ)', 3200, true, 105.85132, 21.02965],
  ['hang-khay', 'Hàng Khay', 2800, true, 105.85242, 21.02572],
  ['trang-tien', 'Tràng Tiền', 2600, true, 105.85535, 21.02488],
  ['dong-kinh-nghia-thuc', 'Quảng trường Đông Kinh Nghĩa Thục', 3800, true, 105.85203, 21.03195],
  ['hang-dao', 'Hàng Đào', 3000, true, 105.85094, 21.03306],
  ['hang-ngang', 'Hàng Ngang', 2600, true, 105.85067, 21.03478],
  ['ma-may', 'Mã Mây', 2000, true, 105.85342, 21.03431],
  ['ta-hien-luong-ngoc-quyen', 'Tạ Hiện – Lương Ngọc Quyến', 2400, true, 105.85212, 21.03463],
  ['hang-buom', 'Hàng Buồm', 1800, true, 105.85237, 21.03583],
  ['hang-gai', 'Hàng Gai', 1900, false, 105.84939, 21.03192],
  ['hang-bong', 'Hàng Bông', 1700, false, 105.84664, 21.03002],
  ['ly-quoc-su', 'Lý Quốc Sư', 1600, true, 105.84885, 21.03011],
  ['nha-chung', 'Nhà Chung', 1500, true, 105.84916, 21.02758],
  ['hang-ma', 'Hàng Mã', 1500, false, 105.84806, 21.03699],
  ['dong-xuan', 'Đồng Xuân', 2200, false, 105.84968, 21.03722],
  ['trinh-cong-son', 'Phố đi bộ Trịnh Công Sơn', 1400, true, 105.81779, 21.07054],
  ['thanh-nien', 'Thanh Niên', 1600, true, 105.83875, 21.04713],
  ['ba-dinh', 'Quảng trường Ba Đình', 1900, false, 105.83671, 21.03727],
  ['van-mieu-gate', 'Cổng Văn Miếu', 1200, false, 105.83521, 21.02712],
  ['ga-ha-noi', 'Ga Hà Nội', 1800, false, 105.84141, 21.02501],
  ['ben-xe-my-dinh', 'Bến xe Mỹ Đình', 2100, false, 105.77837, 21.02842],
  ['ben-xe-giap-bat', 'Bến xe Giáp Bát', 1800, false, 105.84138, 20.98031],
  ['ga-cat-linh', 'Ga Cát Linh', 2400, false, 105.82778, 21.02868],
  ['ga-thai-ha', 'Ga Thái Hà', 1500, false, 105.82089, 21.01359],
  ['ga-yen-nghia', 'Ga Yên Nghĩa', 1100, false, 105.74748, 20.94968],
  ['vincom-ba-trieu', 'Vincom Bà Triệu', 1700, true, 105.84952, 21.01157],
  ['times-city', 'Times City', 1900, true, 105.86744, 20.99531],
  ['lotte-center', 'Lotte Center', 1200, true, 105.81268, 21.03197],
  ['cau-giay-hub', 'Điểm trung chuyển Cầu Giấy', 2300, false, 105.80212, 21.02895],
  ['long-bien-hub', 'Điểm trung chuyển Long Biên', 2200, false, 105.84979, 21.04133],
  ['bach-khoa', 'Cổng Đại học Bách khoa', 2000, false, 105.84169, 21.00721],
  ['su-pham', 'Cổng Đại học Sư phạm', 1800, false, 105.78323, 21.0371],
  ['pho-hue', 'Phố Huế', 1500, false, 105.85147, 21.01712],
  ['xuan-dieu', 'Xuân Diệu', 900, true, 105.82834, 21.06318],
  ['ho-tay-view', 'Nguyễn Đình Thi (Hồ Tây)', 1100, true, 105.82601, 21.04462],
];

/** Areas with many hotels: id, name, longitude, latitude. */
export type HotelAreaRow = readonly [id: string, vi: string, longitude: number, latitude: number];

export const HOTEL_AREAS: readonly HotelAreaRow[] = [
  ['pho-co', 'Phố cổ', 105.85153, 21.03478],
  ['hang-bac', 'Hàng Bạc', 105.85321, 21.03338],
  ['nha-tho', 'Nhà Thờ', 105.84951, 21.02865],
  ['hoan-kiem-nam', 'Nam Hoàn Kiếm', 105.85322, 21.02376],
  ['ly-thuong-kiet', 'Lý Thường Kiệt', 105.84822, 21.02389],
  ['ba-dinh-kim-ma', 'Kim Mã', 105.81892, 21.03122],
  ['lieu-giai', 'Liễu Giai', 105.81355, 21.03256],
  ['giang-vo', 'Giảng Võ', 105.82231, 21.02791],
  ['tay-ho-xuan-dieu', 'Xuân Diệu', 105.82802, 21.06289],
  ['tay-ho-quang-an', 'Quảng An', 105.82361, 21.06771],
  ['my-dinh', 'Mỹ Đình', 105.77562, 21.02561],
  ['pham-hung', 'Phạm Hùng', 105.78413, 21.01689],
  ['trung-hoa', 'Trung Hòa', 105.79845, 21.00992],
  ['cau-giay', 'Cầu Giấy', 105.79403, 21.03321],
  ['dong-da', 'Đống Đa', 105.82705, 21.01812],
  ['hai-ba-trung', 'Hai Bà Trưng', 105.85112, 21.01411],
  ['long-bien', 'Long Biên', 105.88392, 21.04702],
  ['noi-bai', 'Nội Bài', 105.80423, 21.20791],
  ['ha-dong', 'Hà Đông', 105.77733, 20.97233],
  ['thanh-xuan', 'Thanh Xuân', 105.81012, 20.99621],
];
