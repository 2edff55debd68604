/**
 * Air stations of Hanoi: id, name, location id at OpenAQ, longitude, latitude. Two stand 30 m apart: one followed the
 * other at the same embassy. Names (some in Vietnamese here) and points: OpenAQ, openaq.org, CC BY 4.0.
 */
export type AirStationRow = readonly [id: string, vi: string, openaq: number, longitude: number, latitude: number];

export const AIR_STATIONS: readonly AirStationRow[] = [
  ['dai-su-quan-hoa-ky', 'Đại sứ quán Hoa Kỳ', 7441, 105.818806, 21.021939],
  ['ngoai-giao-hoa-ky', 'Cơ quan ngoại giao Hoa Kỳ', 2539, 105.819002, 21.02177],
  ['vien-han-lam', 'Viện Hàn lâm Khoa học và Công nghệ (SPARTAN)', 1285357, 105.8, 21.0478],
  ['an-khanh', 'An Khánh', 2161290, 105.7181, 21.0024],
  ['cau-dien', 'Cầu Diễn', 2161291, 105.7652, 21.0398],
  ['46-luu-quang-vu', '46 Lưu Quang Vũ', 2161292, 105.7999, 21.0152],
  ['thanh-cong', 'Thành Công', 2161316, 105.8147, 21.0197],
  ['thanh-xuan-soc-son', 'Thanh Xuân - Sóc Sơn', 2161317, 105.7583, 21.2287],
  ['tu-lien', 'Tứ Liên', 2161318, 105.8338, 21.0639],
  ['van-dinh', 'Vân Đình', 2161319, 105.7703, 20.7339],
  ['van-ha', 'Vân Hà', 2161320, 105.9159, 21.1476],
  ['van-quan', 'Văn Quán', 2161321, 105.7856, 20.972],
  ['vong-la', 'Võng La', 2161322, 105.7605, 21.1105],
  ['xuan-mai', 'Xuân Mai', 2161323, 105.5773, 20.8994],
  ['cong-vien-nhan-chinh', 'Công viên Nhân Chính', 4946812, 105.7947, 21.0031],
  ['1-giai-phong', '1 Giải Phóng', 4946813, 105.8418, 21.0052],
  ['oceanpark', 'OceanPark', 6123215, 105.9441, 20.9933],
];
