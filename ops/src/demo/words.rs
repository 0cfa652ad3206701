//! What demo workers say.

use sos_protocol::EmergencyKind;
use sos_protocol::ambient::Entropy;

/// What happened, and the words that go with the press, if any.
const PRESSES: &[(Option<EmergencyKind>, Option<&str>)] = &[
    (None, None),
    (None, None),
    (Some(EmergencyKind::Injured), Some("Em bị máy kẹp tay, đang chảy máu nhiều.")),
    (Some(EmergencyKind::Injured), Some("Ngã giàn giáo, không đứng dậy được.")),
    (Some(EmergencyKind::Injured), None),
    (Some(EmergencyKind::Attacked), Some("Chủ đánh em, em đang trốn trong nhà vệ sinh.")),
    (Some(EmergencyKind::Attacked), None),
    (Some(EmergencyKind::Held), Some("Họ giữ hộ chiếu và khoá cửa ký túc xá, không cho em ra ngoài.")),
    (Some(EmergencyKind::Held), Some("Môi giới giữ giấy tờ, bắt em ký giấy nợ.")),
    (Some(EmergencyKind::Other), Some("Cháy ở xưởng, nhiều khói lắm.")),
    (Some(EmergencyKind::Other), Some("Tàu chết máy, sóng to, trên tàu có 6 người.")),
];

/// Written some time after the press.
const LATER: &[&str] = &[
    "Có ai nghe máy không ạ?",
    "Em ở tầng 2, phòng cuối hành lang.",
    "Điện thoại em sắp hết pin.",
    "Em không nói được tiếng ở đây.",
    "Ở đây có 3 người Việt nữa.",
    "Em đang đi ra phía đường lớn.",
    "Xe cứu thương chưa tới ạ.",
    "Có người đang đứng ngoài cửa, em không gọi được, chỉ nhắn được thôi.",
    "Em thấy biển tên công ty, em chụp lại rồi.",
];

/// Answers to an officer.
const ANSWERS: &[&str] = &[
    "Dạ, em nghe.",
    "Dạ vâng, em sẽ chờ ở đây.",
    "Dạ em còn đi được.",
    "Dạ có, em tên như trong hồ sơ.",
    "Em cảm ơn anh chị nhiều ạ.",
];

fn draw<T: Copy>(list: &[T], entropy: &dyn Entropy) -> T {
    let count = u64::try_from(list.len()).unwrap_or(1);
    list[usize::try_from(entropy.below(count)).unwrap_or(0)]
}

pub(super) fn press(entropy: &dyn Entropy) -> (Option<EmergencyKind>, Option<&'static str>) {
    draw(PRESSES, entropy)
}

pub(super) fn later(entropy: &dyn Entropy) -> &'static str {
    draw(LATER, entropy)
}

pub(super) fn answer(entropy: &dyn Entropy) -> &'static str {
    draw(ANSWERS, entropy)
}
