//! The page for people: no script, printable. All that is put into it is the service's own words, ids, numbers and names of time
//! zones, and the licence, which is checked when it is set.

use std::fmt::Write;

use sos_protocol::open_data::{OpenBy, OpenFields, OpenMonth, OpenRow, OpenWords};
use sos_protocol::report::ReportLanguage;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59626d;--line:#d0d5db;--paper:#fff}\
@media(prefers-color-scheme:dark){:root{--ink:#e7eaee;--soft:#a4adb8;--line:#3a424c;--paper:#14181d}}\
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:60rem;background:var(--paper);color:var(--ink);\
font:1rem/1.55 system-ui,sans-serif}\
h1{font-size:1.6rem;line-height:1.25;margin:.2em 0}h2{font-size:1.2rem;margin:2em 0 .4em}p{max-width:42rem}\
a{color:inherit}.soft{color:var(--soft)}nav a{margin-right:1.2em}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}\
caption{text-align:left;font-weight:600;padding:.8em 0 .3em}\
th,td{padding:.3em .9em .3em 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}\
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}thead th{font-weight:600;vertical-align:bottom}thead .n{white-space:normal}\
.month{white-space:nowrap}tbody th{font-weight:400}\
dt{font-weight:600;margin-top:.7em}dd{margin:0;max-width:42rem}code{font-size:.95em}\
@media(max-width:32rem){th,td{padding-right:.45em}.n{font-size:.9em}}\
@media print{body{max-width:none;padding:0;font-size:10pt;color:#000;background:#fff}nav{display:none}\
table{page-break-inside:auto}tr{page-break-inside:avoid}}";

/// Writes a page in one language.
struct Page<'a> {
    out: String,
    language: ReportLanguage,
    fields: &'a OpenFields,
}

impl Page<'_> {
    const fn pick<'t>(&self, vi: &'t str, en: &'t str) -> &'t str {
        match self.language {
            ReportLanguage::Vi => vi,
            ReportLanguage::En => en,
        }
    }

    fn words<'t>(&self, words: &'t OpenWords) -> &'t str {
        self.pick(&words.vi, &words.en)
    }

    fn add(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn paragraph(&mut self, text: &str) {
        let _ = write!(self.out, "<p>{text}</p>");
    }

    fn head(&mut self) {
        let title = self.pick("Thống kê mở về các ca SOS", "Open statistics of SOS cases");
        let (code, other, address, name) = match self.language {
            ReportLanguage::Vi => ("vi", "en", "/open-data?language=en", "English"),
            ReportLanguage::En => ("en", "vi", "/open-data", "Tiếng Việt"),
        };
        let files = self.pick("Tệp dữ liệu", "Data files");
        let what = self.pick("Mô tả các trường (JSON)", "Description of the fields (JSON)");
        let _ = write!(
            self.out,
            "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
             <style>{STYLE}</style></head><body><header><h1>{title}</h1>\
             <nav aria-label=\"{files}\"><a href=\"/open-data/cases.csv\">CSV</a><a href=\"/open-data/cases.json\">JSON</a>\
             <a href=\"/open-data/fields.json\">{what}</a><a href=\"{address}\" lang=\"{other}\" hreflang=\"{other}\">{name}</a></nav>\
             </header><main>"
        );
    }

    fn notes(&mut self) {
        let fields = self.fields;
        for words in [&fields.counted, &fields.suppression, &fields.published] {
            let text = self.words(words).to_owned();
            self.paragraph(&text);
        }
        let (zone, licence) = (self.pick("Múi giờ", "Time zone"), self.pick("Giấy phép", "Licence"));
        let none = self.pick("chưa có", "none yet");
        let text = format!(
            "<span class=\"soft\">{zone}: {}. {licence}: {}.</span>",
            fields.time_zone.as_deref().unwrap_or(none),
            fields.licence
        );
        self.paragraph(&text);
    }

    fn overview(&mut self, months: &[OpenMonth]) {
        let title = self.pick("Theo tháng", "By month");
        let heads = [
            self.pick("Tháng", "Month"),
            self.pick("Số ca", "Cases"),
            self.pick("Nhận ca (trung vị)", "Claimed after (median)"),
            self.pick("Đóng ca (trung vị)", "Closed after (median)"),
            self.pick("Nhận trong hạn", "Claimed within target"),
        ];
        let few = self.pick("dưới 5", "under 5");
        let withdrawn = self.pick("đã rút lại", "withdrawn");
        let version = self.pick("phiên bản", "version");
        let minutes = self.pick("phút", "min");
        let _ = write!(self.out, "<h2>{title}</h2><div class=\"wide\" tabindex=\"0\"><table><thead><tr>");
        for (n, head) in heads.into_iter().enumerate() {
            let class = if n == 0 { "" } else { " class=\"n\"" };
            let _ = write!(self.out, "<th scope=\"col\"{class}>{head}</th>");
        }
        self.add("</tr></thead><tbody>");
        for month in months.iter().rev() {
            let all = month.rows.iter().find(|row| row.by == OpenBy::All);
            let cases = match all.and_then(|row| row.cases) {
                _ if month.withdrawn => withdrawn.to_owned(),
                Some(cases) => cases.to_string(),
                None => few.to_owned(),
            };
            let time = |time: Option<u32>, unit: &str| {
                time.map_or("–".to_owned(), |time| format!("{time} {unit}"))
            };
            let share = all.and_then(|row| row.on_time_from_pct.zip(row.on_time_to_pct));
            let later =
                if month.version > 1 { format!(" ({version} {})", month.version) } else { String::new() };
            let _ = write!(
                self.out,
                "<tr><th scope=\"row\"><span class=\"month\">{}</span>{later}</th><td class=\"n\">{cases}</td><td class=\"n\">{}</td>\
                 <td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                month.month,
                time(all.and_then(|row| row.claim_median_s), "s"),
                time(all.and_then(|row| row.close_median_min), minutes),
                share.map_or("–".to_owned(), |(from, to)| format!("{from}–{to} %")),
            );
        }
        self.add("</tbody></table></div>");
    }

    fn month(&mut self, month: &OpenMonth) {
        let groups: [(OpenBy, &str); 2] = [
            (OpenBy::Country, self.pick("Nước", "Country")),
            (OpenBy::Kind, self.pick("Loại sự việc", "Kind")),
        ];
        let cases = self.pick("Số ca", "Cases");
        let _ = write!(self.out, "<h2>{}</h2>", month.month);
        for (by, name) in groups {
            let rows: Vec<&OpenRow> = month.rows.iter().filter(|row| row.by == by).collect();
            if rows.is_empty() {
                continue;
            }
            let _ = write!(
                self.out,
                "<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">{name}</th>\
                 <th scope=\"col\" class=\"n\">{cases}</th></tr></thead><tbody>"
            );
            for row in rows {
                let (group, number) = (self.group(row), row.cases.unwrap_or_default());
                let _ =
                    write!(self.out, "<tr><th scope=\"row\">{group}</th><td class=\"n\">{number}</td></tr>");
            }
            self.add("</tbody></table></div>");
        }
    }

    fn group(&self, row: &OpenRow) -> String {
        let words = match (row.by, row.group.as_str()) {
            (OpenBy::Country, "unknown") => self.pick("Không rõ nước", "Country not known"),
            (OpenBy::Country, "rest") => {
                self.pick("Các nước khác, gộp chung", "All other countries together")
            }
            (OpenBy::Kind, "injured") => self.pick("Bị thương", "Injured"),
            (OpenBy::Kind, "attacked") => self.pick("Bị đánh", "Attacked"),
            (OpenBy::Kind, "held") => self.pick("Bị giữ", "Held"),
            (OpenBy::Kind, "other") => self.pick("Việc khác", "Something else"),
            (OpenBy::Kind, "unknown") => self.pick("Không nói rõ", "Not said"),
            (_, group) => group,
        };
        words.to_owned()
    }

    fn described(&mut self) {
        let title = self.pick("Các trường trong tệp", "Fields of the files");
        let _ = write!(self.out, "<h2>{title}</h2><dl>");
        for field in &self.fields.fields {
            let unit = field.unit.as_ref().map_or(String::new(), |unit| format!(" [{unit}]"));
            let words = self.words(&field.words).to_owned();
            let _ = write!(self.out, "<dt><code>{}</code>{unit}</dt><dd>{words}</dd>", field.name);
        }
        self.add("</dl></main></body></html>");
    }
}

/// The whole page.
pub(super) fn page(months: &[OpenMonth], fields: &OpenFields, language: ReportLanguage) -> String {
    let mut page = Page { out: String::new(), language, fields };
    page.head();
    page.notes();
    if months.is_empty() {
        let none =
            page.pick("Chưa có tháng nào được công bố.", "No month has been published yet.").to_owned();
        page.paragraph(&none);
    } else {
        page.overview(months);
    }
    for month in months.iter().rev().filter(|month| month.rows.len() > 1) {
        page.month(month);
    }
    page.described();
    page.out
}
