import type { Reason } from '../../../model/reason.ts';

/** Why something could not be stored, in Vietnamese; the rows of model/reason.ts are English. */
export const reasonsVi: Readonly<Record<Reason, string>> = {
  'malformed-json': 'nội dung không phải JSON',
  'not-utf8': 'nội dung không phải UTF-8',
  'wrong-shape': 'nội dung không đúng dạng một bản tin đo',
  'empty-message': 'bản tin không mang giá trị nào',
  'too-many-observations': 'bản tin mang nhiều giá trị hơn mức cho phép',
  'unsupported-format': 'định dạng chưa được hỗ trợ',
  'unknown-device': 'thiết bị không còn được đăng ký',
  'wrong-domain': 'chủ đề ghi một lĩnh vực không phải của thiết bị',
  'unknown-metric': 'thành phố không có chỉ số này',
  'metric-not-of-domain': 'chỉ số không thuộc lĩnh vực của thiết bị',
  'wrong-type': 'giá trị không phải một số hữu hạn',
  'out-of-range': 'giá trị nằm ngoài khoảng cho phép của chỉ số',
  'unknown-unit': 'đơn vị không phải mã UCUM',
  'inconvertible-unit': 'đơn vị không đổi được sang đơn vị của chỉ số',
  'wrong-quality': 'chất lượng không phải valid, suspect hay invalid',
  'wrong-time': 'thời gian không phải RFC 3339 hay mili giây Unix',
  'too-old': 'thời gian cũ hơn hạn giữ số liệu gốc',
  'too-far-ahead': 'thời gian đi trước quá mười phút',
  'wrong-position': 'vị trí không phải [kinh độ, vĩ độ]',
  'undecodable-payload': 'không đọc được nội dung nhị phân của thiết bị',
  'no-decoder': 'thành phố chưa đọc được nội dung của loại thiết bị này',
  'malformed-senml': 'nội dung không phải gói SenML (RFC 8428)',
  'malformed-cbor': 'nội dung không phải CBOR',
  'malformed-line': 'dòng không theo giao thức dòng của InfluxDB',
};
