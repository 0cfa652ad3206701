use std::io::Read;

use flate2::read::ZlibDecoder;
use serde_json::{Value, json};
use typst::layout::{Frame, FrameItem};

use super::samples::*;
use super::{holds, pages, pdf, plain};
use crate::bounds::{ENTRIES_MAX, FIXES_MAX, MESSAGES_MAX};
use crate::case_file::sha256;
use crate::{Content, Document, Language, RenderError, render};

#[test]
fn a_report_says_what_the_ledger_and_people_say_in_each_language() {
    let vi = pages(&a_report(Language::Vi));
    for words in [
        "Báo cáo vụ việc, ca 2026-000007",
        "Lò Thị Xưởng",
        "Bộ trả lại",
        "ĐÃ QUÁ HẠN NỘP",
        "CHƯA XÁC MINH",
        "Đến khi nhận ca",
        "25,0 giây (quá hạn mục tiêu: 20,0 giây)",
        "Máy dập không có tấm chắn.",
        "Chưa viết.",
        "Yêu cầu chủ lắp tấm chắn",
        "31/12/2026",
        "QUÁ HẠN",
        "Bàn trực chỉ có một người.",
        "Chưa trả lời.",
        "Asia/Taipei",
    ] {
        assert!(holds(&vi, words), "{words} is not in {vi:?}");
    }
    let en = pages(&a_report(Language::En));
    for words in [
        "Incident report, case 2026-000007",
        "It rang at the desk",
        "Not written.",
        "local time (Asia/Taipei)",
        "Taiwan",
    ] {
        assert!(holds(&en, words), "{words} is not in {en:?}");
    }
    let both = pages(&a_report(Language::Both));
    assert_eq!(both.len(), vi.len() + en.len());
    assert!(holds(&both[..1], "Báo cáo vụ việc") && holds(&both[vi.len()..], "Incident report"));
    pdf("report", &a_report(Language::Both));
}

#[test]
fn every_page_says_who_had_it_made_and_when_and_which_page_it_is() {
    let both = pages(&a_report(Language::Both));
    let all = both.len();
    for (i, page) in both.iter().enumerate() {
        let (made, of) = if i < all / 2 {
            (
                "Lập cho Trần Quang Minh, 21:13 21/09/2026, giờ Hà Nội (Asia/Ho_Chi_Minh)",
                format!("Trang {}/{all}", i + 1),
            )
        } else {
            (
                "Made for Trần Quang Minh, 21:13 21/09/2026, Hà Nội time (Asia/Ho_Chi_Minh)",
                format!("Page {} of {all}", i + 1),
            )
        };
        assert!(plain(page).contains(&plain(&of)), "{of} is not in {page}");
        assert_eq!(plain(page).matches(&plain(made)).count(), 2, "in the foot and across the page: {page}");
    }
}

#[test]
fn a_report_that_is_not_there_in_a_language_is_refused() {
    let report = serde_json::from_value(report("vi", |_| {})).expect("a report");
    let document = document(Language::Both, Content::Report { reports: vec![report], case: head() });
    assert!(matches!(render(&document), Err(RenderError::NoSuchLanguage("en"))));
}

#[test]
fn the_same_document_is_the_same_bytes_and_says_what_it_is() {
    let bytes = render(&a_report(Language::En)).expect("a PDF");
    assert_eq!(bytes, render(&a_report(Language::En)).expect("a PDF"));
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let raw = String::from_utf8_lossy(&bytes);
    for mark in [
        "/MarkInfo",
        "/StructTreeRoot",
        "/Lang",
        "pdfuaid",
        "Incident report, case 2026-000007",
        "SOS service for workers abroad",
    ] {
        assert!(raw.contains(mark), "{mark}");
    }
}

#[test]
fn figures_show_every_number_with_over_how_many_cases_and_by_which_clocks() {
    let document = of_figures(Language::Both, figures(1_234, 12, 3, &["TW", "JP", "KR"]));
    let pages = pages(&document);
    for words in [
        "1.234",
        "61 ca chưa đóng",
        "Không tính 12 diễn tập",
        "Nhận ca trong 15 giây",
        "90%",
        "1.110 trên 1.234 ca",
        "8,4 giây",
        "21,3 giây",
        "1 phút 35 giây",
        "trên 1.234 ca, giờ sở tại (Asia/Taipei)",
        "05:00–05:59",
        "Thứ Hai",
        "Đài Loan",
        "Nhật Bản",
        "Văn phòng 2",
        "Mục tiêu của từng bàn trực",
        "17",
        "1,234",
        "61 not closed",
        "Claimed within 15 secs",
        "8.4 secs",
        "1 min 35 secs",
        "local time (Asia/Taipei)",
        "Monday",
        "Japan",
        "10 of 12 drills",
        "up to entry 51,234",
    ] {
        assert!(holds(&pages, words), "{words} is not in {pages:?}");
    }
    pdf("figures", &document);
}

#[test]
fn figures_of_nothing_say_so() {
    let mut none = figures(0, 12, 0, &[]);
    none["readiness"] = json!({ "claimed": { "cases": 0, "over": 0 }, "rang": { "cases": 0, "over": 0 }, "claim": { "over": 0, "without": 0 } });
    let document = of_figures(Language::Both, none);
    let pages = pages(&document);
    assert!(
        holds(&pages, "Không có ca nào khớp câu hỏi này.") && holds(&pages, "No case fits this question.")
    );
    assert!(holds(&pages, "Không có diễn tập nào"));
    assert_eq!(pages.len(), 2);
    pdf("figures_none", &document);
}

#[test]
fn a_case_file_is_there_to_be_read_and_says_how_it_is_checked() {
    let mut timeline = a_timeline();
    let looked = json!({ "kind": "looked_at" });
    timeline.push(entry(20, &staff("Trần Thị Thanh Trà"), &looked));
    let took = json!({ "kind": "exported", "what": "case_file_pdf", "sha256": "0f".repeat(32) });
    timeline.push(entry(21, &staff("Trần Thị Thanh Trà"), &took));
    let document = of_file(Language::Both, file(timeline, &a_way(), |_| {}));
    let sha256 = sha256(text_of(&document));
    let pages = pages(&document);
    for words in [
        "Hồ sơ điện tử, ca 2026-000007",
        &sha256,
        "xem hồ sơ ca",
        "tải hồ sơ ca (PDF) về",
        "sos-server admin verify-file",
        "key-1",
        "Văn phòng Đài Bắc",
        "新北市三重區",
        "nhấn SOS, ca được mở (Bị thương; nằm trên máy 1 phút 5 giây mới gửi được; không kèm vị trí)",
        "cứu tôi",
        "Bạn đang ở đâu?",
        "Tôi ở xưởng, tay tôi bị kẹt.",
        "gửi ảnh (212 kB)",
        "Đã gọi 119.",
        "25.04780, 121.53170",
        "0f0e0d0c0b0a09080706050403020100f0e1d2c3b4a5968778695a4b3c2d1e0f",
        "Máy dập không có tấm chắn.",
        "Electronic case file, case 2026-000007",
        "claimed the case",
        "± 18 m",
        "The way through 60 positions",
        "Đài Bắc",
    ] {
        assert!(holds(&pages, words), "{words} is not in {pages:?}");
    }
    // In full and in one piece, to be copied.
    assert!(pages[0].contains(&sha256), "{}", pages[0]);
    pdf("case_file", &document);
}

#[test]
fn a_case_file_has_the_signed_file_in_it_byte_for_byte() {
    let document = of_file(Language::Vi, file(a_timeline(), &a_way(), |_| {}));
    let pdf = pdf("case_file_attached", &document);
    let text = text_of(&document).as_bytes();
    assert!(streams(&pdf).iter().any(|stream| stream == text), "the file is not attached");
    let archival = b"<pdfaid:part>3</pdfaid:part>";
    assert!(pdf.windows(archival.len()).any(|bytes| bytes == archival));
}

fn text_of(document: &Document) -> &str {
    match &document.content {
        Content::CaseFile { text, .. } => text,
        content => panic!("no case file: {content:?}"),
    }
}

/// What the streams of a PDF hold.
fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    let (begin, mut rest, mut found) = (b"stream\n", pdf, vec![]);
    while let Some(at) = rest.windows(begin.len()).position(|bytes| bytes == begin) {
        rest = &rest[at + begin.len()..];
        let mut stream = vec![];
        if ZlibDecoder::new(rest).read_to_end(&mut stream).is_ok() {
            found.push(stream);
        }
    }
    found
}

#[test]
fn a_case_file_of_nothing_says_so() {
    let nothing = file(vec![], &[], |file| {
        file["worker"] = Value::Null;
        file["report"] = Value::Null;
        file["attachments"] = json!([]);
    });
    let document = of_file(Language::En, nothing);
    let pages = pages(&document);
    for words in [
        "The service does not know who pressed this SOS.",
        "There are no positions.",
        "There is no report in the file",
        "Chat None.",
        "Course of events None.",
    ] {
        assert!(holds(&pages, words), "{words} is not in {pages:?}");
    }
    pdf("case_file_none", &document);
}

#[test]
fn far_too_much_is_cut_and_said_so() {
    let mut timeline: Vec<_> = (0..5_000)
        .map(|n| match n % 2 {
            0 => entry(n, &worker(), &message(n, &format!("tin số {n}"))),
            _ => entry(n, &staff("Lan"), &json!({ "kind": "note", "note_id": format!("00000000-0000-4000-8000-{n:012}"), "text": format!("ghi chú số {n}") })),
        })
        .collect();
    timeline.push(entry(5_001, &staff("Lan"), &message(5_001, &"dài ".repeat(5_000))));
    let positions: Vec<_> = (0..5_000_u32)
        .map(|n| fix(n, 25.0 + f64::from(n % 71) * 1e-3, 121.5 + f64::from(n) * 1e-5))
        .collect();
    let document = of_file(Language::Vi, file(timeline, &positions, |_| {}));
    let pages = pages(&document);
    assert!(holds(&pages, &format!("Bảng có {FIXES_MAX} vị trí nhận gần nhất trong 5.000 vị trí")));
    assert!(holds(
        &pages,
        &format!("Ca có 2.500 dòng diễn biến. In {ENTRIES_MAX} dòng đầu và cuối, bỏ {}", "1.900")
    ));
    assert!(holds(&pages, &format!("Có 2.501 tin nhắn. In {MESSAGES_MAX} tin đầu và cuối, bỏ {}", "2.101")));
    assert!(
        holds(&pages, "ghi chú số 1")
            && holds(&pages, "ghi chú số 4999")
            && !holds(&pages, "ghi chú số 2501")
    );
    assert!(pages.len() < 60, "{} pages", pages.len());
    let bytes = pdf("case_file_much", &document);
    assert!(bytes.len() < 2_000_000, "{} bytes", bytes.len());
}

#[test]
fn figures_of_far_too_much_fit_as_well() {
    let mut countries =
        vec!["TW", "JP", "KR", "MY", "SA", "AE", "RO", "DE", "RU", "FJ", "US", "BR", "AO", "DZ", "CN", "LA"];
    countries.extend(["AU", "NZ"]);
    let mut much = figures(4_000_000, 60, 150, &countries);
    for desk in much["by_desk"].as_array_mut().expect("desks").iter_mut().take(3) {
        desk["name"] = json!("Văn phòng quản lý lao động Việt Nam tại ".repeat(5));
    }
    let document = of_figures(Language::Vi, much);
    let pages = pages(&document);
    assert!(holds(&pages, "Vẽ 12 mục nhiều ca nhất. 138 mục còn lại"), "{pages:?}");
    assert!(holds(&pages, "4.000.000") && holds(&pages, "Văn phòng 149"));
    pdf("figures_much", &document);
}

/// Words that would be something else than words if they were read as code, or that no line has room for.
fn hostile() -> [String; 8] {
    [
        "#eval(\"1 + 1\") #panic() #read(\"/etc/passwd\")".to_owned(),
        "*bold* _it_ $x^2$ \\ \\n `raw` = heading // note @ref <label>".to_owned(),
        "{page} {pages} {name} </svg><script>alert(1)</script> &amp; ]] #[".to_owned(),
        "ĩ".repeat(200),
        format!("Nguyễn {}", "Thị Ngọc Quỳnh Trâm ".repeat(12)),
        "👩‍🚒🔥 林小姐 김 さくら".to_owned(),
        "مرحبا אני כאן \u{202e}abc".to_owned(),
        "\u{0}\u{1b}[31m\u{feff}zero\u{200b}width\r\n\t-".to_owned(),
    ]
}

fn with_hostile_words(language: Language) -> Document {
    let words = hostile();
    let mut timeline = a_timeline();
    for (n, text) in (100_u32..).zip(&words) {
        timeline.push(entry(n, &staff(text), &message(n, text)));
        timeline.push(entry(n, &staff(text), &json!({ "kind": "tagged", "tags": [text] })));
    }
    let mut document = of_file(
        language,
        file(timeline, &a_way(), |file| {
            let measures = words.iter().enumerate().map(|(n, text)| {
                let id = format!("00000000-0000-4000-8000-{n:012}");
                json!({ "measure_id": id, "due": text, "text": text, "owner": text, "overdue": false })
            });
            file["report"]["measures"] = measures.collect();
            for field in ["name", "phone", "language", "employer", "address"] {
                file["worker"][field] = json!(words.concat());
            }
            file["case"]["case_no"] = json!(words[1]);
            file["manifest"]["case_no"] = json!(words[0]);
            file["attachments"][0]["sha256"] = json!(words[1]);
            file["attachments"][0]["content_type"] = json!(words[3]);
        }),
    );
    document.made.by = words[0].clone();
    document
}

#[test]
fn hostile_words_are_printed_as_they_stand_and_run_nowhere() {
    let document = with_hostile_words(Language::En);
    let pages = pages(&document);
    for text in &hostile()[..3] {
        assert!(holds(&pages, text), "{text} is not in {pages:?}");
    }
    assert!(holds(&pages, &"ĩ".repeat(200)));
    assert!(holds(&pages, "林小姐") && holds(&pages, "さくら"));
    assert!(holds(&pages, "The fonts of this document lack"), "an emoji is nowhere in these fonts");
    pdf("hostile", &document);
}

#[test]
fn no_word_leaves_the_page() {
    let set = crate::typeset::set(&with_hostile_words(Language::Vi)).expect("it can be set");
    for page in set.pages.pages() {
        let width = page.frame.width().to_pt();
        let mut ends = vec![];
        right_ends(&page.frame, 0.0, &mut ends);
        assert!(ends.len() > 20);
        for (end, words) in ends {
            assert!(end <= width - 55.0, "{words} ends at {end} of {width}");
        }
    }
}

/// Where each run of words ends, in points from the left. The watermark is turned, and lies across the page.
fn right_ends(frame: &Frame, left: f64, ends: &mut Vec<(f64, String)>) {
    for (at, item) in frame.items() {
        let left = left + at.x.to_pt();
        match item {
            FrameItem::Group(group) if group.transform.ky.is_zero() => {
                right_ends(&group.frame, left + group.transform.tx.to_pt(), ends);
            }
            FrameItem::Text(run) => ends.push((left + run.width().to_pt(), run.text.to_string())),
            _ => {}
        }
    }
}

#[test]
fn what_is_no_case_file_is_refused() {
    let whole = file(a_timeline(), &[], |_| {});
    let mut broken = whole.clone();
    broken["case"] = json!("none");
    let refused = render(&of_file(Language::Vi, broken));
    assert!(matches!(refused, Err(RenderError::NoCaseFile(_))), "{refused:?}");
    let content = Content::CaseFile { text: format!("{whole}}}"), desks: [].into() };
    let refused = render(&document(Language::Vi, content));
    assert!(matches!(refused, Err(RenderError::NoCaseFile(_))), "{refused:?}");
}

#[test]
fn a_document_goes_to_another_process_and_comes_back() {
    let document = of_file(Language::Both, file(a_timeline(), &a_way(), |_| {}));
    let json = serde_json::to_vec(&document).expect("JSON");
    assert_eq!(serde_json::from_slice::<Document>(&json).expect("read"), document);
}
