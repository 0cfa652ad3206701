//! What the fields mean, in both languages.

use sos_core::open_data::FEWEST;
use sos_protocol::open_data::{OpenField, OpenFields, OpenWords};

/// A column of the CSV.
pub(super) struct Column {
    pub(super) name: &'static str,
    kind: &'static str,
    unit: Option<&'static str>,
    vi: &'static str,
    en: &'static str,
}

const fn column(
    name: &'static str,
    kind: &'static str,
    unit: Option<&'static str>,
    vi: &'static str,
    en: &'static str,
) -> Column {
    Column { name, kind, unit, vi, en }
}

/// All columns, in their order.
pub(super) const COLUMNS: [Column; 12] = [
    column("month", "month", None, "Tháng mà ca được mở.", "The month in which cases were opened."),
    column(
        "version",
        "integer",
        None,
        "1; mỗi lần đính chính tăng thêm 1 và thay cả tháng.",
        "1, and one more with each correction, which replaces the month as a whole.",
    ),
    column("time_zone", "text", None, "Múi giờ của tháng (tên IANA).", "Time zone of the month, IANA name."),
    column(
        "published_on",
        "day",
        None,
        "Ngày công bố phiên bản này, theo múi giờ đó.",
        "The day on which this version was published, in that time zone.",
    ),
    column(
        "withdrawn",
        "boolean",
        None,
        "true: tháng này đã được rút lại, không có số liệu.",
        "true: the month was taken back and has no figures.",
    ),
    column(
        "by",
        "text",
        None,
        "Cách chia nhóm: all là tất cả, country là theo nước, kind là theo loại sự việc. Mỗi ca của tháng có trong đúng một dòng theo nước, và trong đúng một dòng theo loại nếu tháng có các dòng đó.",
        "How cases are grouped: all, by country, by kind. Each case of the month is in exactly one row by country and, where the month has such rows, in exactly one by kind.",
    ),
    column(
        "group",
        "text",
        None,
        "Nước (mã ISO 3166-1) hoặc loại sự việc (injured: bị thương, attacked: bị đánh, held: bị giữ, other: việc khác); unknown: không rõ; rest: gộp tất cả các nhóm không có dòng riêng.",
        "A country (ISO 3166-1) or a kind (injured, attacked, held, other); unknown: not known or not said; rest: all groups together that have no row of their own.",
    ),
    column(
        "cases",
        "integer",
        Some("cases"),
        "Số ca; để trống: dưới năm ca, hoặc không có ca nào.",
        "Number of cases; empty: fewer than five, or none.",
    ),
    column(
        "claim_median_s",
        "integer",
        Some("s"),
        "Trung vị thời gian từ khi hệ thống nhận SOS đến khi cán bộ nhận ca lần đầu, trên các ca đã được nhận; chỉ có ở dòng all, để trống nếu dưới năm ca.",
        "Median time from the SOS reaching the service to the first claim by an officer, over the cases that were claimed; in the row all only, empty over fewer than five.",
    ),
    column(
        "close_median_min",
        "integer",
        Some("min"),
        "Trung vị thời gian đến khi đóng ca, trên các ca đã đóng vào ngày công bố; chỉ có ở dòng all, để trống nếu dưới năm ca.",
        "Median time until a case was closed, over the cases closed by the day of publication; in the row all only, empty over fewer than five.",
    ),
    column(
        "on_time_from_pct",
        "integer",
        Some("%"),
        "Tỷ lệ ca được nhận trong thời hạn mục tiêu của bàn trực: ít nhất là chừng này. Chỉ có ở dòng all, từ 25 ca trở lên.",
        "Share of cases claimed within the target of their desk: at least so many per cent. In the row all only, from 25 cases on.",
    ),
    column(
        "on_time_to_pct",
        "integer",
        Some("%"),
        "… và nhiều nhất là chừng này. Khoảng rộng hay hẹp chỉ tuỳ vào số ca của tháng.",
        "… and at most so many. How wide the range is depends on the number of cases of the month alone.",
    ),
];

fn both(vi: &str, en: &str) -> OpenWords {
    OpenWords { vi: vi.to_owned(), en: en.to_owned() }
}

/// The description of everything that is published.
pub(super) fn fields(licence: &str, time_zone: Option<String>) -> OpenFields {
    let field = |column: &Column| OpenField {
        name: column.name.to_owned(),
        kind: column.kind.to_owned(),
        unit: column.unit.map(str::to_owned),
        words: both(column.vi, column.en),
    };
    OpenFields {
        licence: licence.to_owned(),
        time_zone,
        fewest: FEWEST,
        counted: both(
            "Các ca SOS được mở trong tháng, kể cả ca chưa xác minh và ca bấm nhầm. Ca diễn tập không bao giờ được tính.",
            "SOS cases opened in the month, unverified ones and false alarms among them. Drills are never counted.",
        ),
        suppression: both(
            "Không nhóm nào dưới năm ca được nêu số. Các nước có dưới năm ca được cộng chung vào dòng rest; nếu tổng vẫn dưới năm, nước có ít ca nhất trong số còn lại cũng được cộng vào đó. Số theo loại chỉ được nêu khi mọi loại đều có từ năm ca trở lên hoặc không có ca nào. Vì vậy phép trừ cũng không cho biết số ca của nhóm nhỏ. Tháng có dưới năm ca không nêu số nào, cũng không cho biết có ca nào không.",
            "No group of fewer than five cases has a number. Countries with fewer are added up in the row rest, and if their sum is still under five, the one with the fewest cases of the others with them. Numbers by kind are given only where every kind has five cases or more, or none. So subtraction does not tell of a small group either. A month of fewer than five cases has no number, nor does it say whether there was a case.",
        ),
        published: both(
            "Mỗi tháng được công bố một lần, bảy ngày sau khi kết thúc, và không thay đổi nữa. Nếu phải đính chính, cả tháng được thay bằng một phiên bản mới.",
            "Each month is published once, seven days after its end, and does not change afterwards. A correction replaces the month as a whole by a new version.",
        ),
        fields: COLUMNS.iter().map(field).collect(),
    }
}
