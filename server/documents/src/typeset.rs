//! From a [`Document`] to a PDF: the world that typst sees is the template, the data and four fonts.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::{Value, json};
use sos_protocol::UnixMs;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp as PdfTimestamp};

use crate::block::{Block, Part};
use crate::words::Lang;
use crate::{Content, Document, Language, RenderError, case_file, figures, report, text};

const TEMPLATE: &str = include_str!("../templates/document.typ");
const CHARTS: &str = include_str!("../templates/charts.typ");

/// Name of the file in the PDF of a case file.
const ATTACHED: &str = "case-file.json";

/// The first one says everything in Vietnamese and English; the others help out with names in other scripts.
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let files: [&'static [u8]; 4] = [
        include_bytes!("../fonts/BeVietnamPro-Regular.ttf"),
        include_bytes!("../fonts/BeVietnamPro-Bold.ttf"),
        include_bytes!("../fonts/DejaVuSans.ttf"),
        include_bytes!("../fonts/DroidSansFallbackFull.ttf"),
    ];
    files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect()
});

struct Sheets {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    main: Source,
    charts: Source,
    data: (FileId, Bytes),
    attached: (FileId, Bytes),
}

fn file_id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

impl Sheets {
    fn new(data: &Value, attached: &str) -> Result<Self, RenderError> {
        let id = |path| file_id(path).ok_or_else(|| RenderError::Typeset(format!("no file {path}")));
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(FONTS.iter())),
            main: Source::new(id("/document.typ")?, TEMPLATE.to_owned()),
            charts: Source::new(id("/charts.typ")?, CHARTS.to_owned()),
            data: (id("/data.json")?, Bytes::from_string(data.to_string())),
            attached: (id(&format!("/{ATTACHED}"))?, Bytes::from_string(attached.to_owned())),
        })
    }
}

impl World for Sheets {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.main, &self.charts]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        [&self.data, &self.attached]
            .into_iter()
            .find(|(known, _)| *known == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A document that is set, and what its PDF is called by.
pub(crate) struct Set {
    pub(crate) pages: PagedDocument,
    ident: String,
}

pub(crate) fn pdf(document: &Document) -> Result<Vec<u8>, RenderError> {
    let set = set(document)?;
    let timestamp = datetime(document.made.at_ms).map(PdfTimestamp::new_utc);
    // Only the third part of PDF/A lets a file be attached.
    let archival = if attached(document).is_some() { PdfStandard::A_3a } else { PdfStandard::A_2a };
    let standards = PdfStandards::new(&[archival, PdfStandard::Ua_1]);
    let options = PdfOptions {
        ident: Smart::Custom(set.ident),
        creator: Smart::Custom(None),
        timestamp,
        page_ranges: None,
        standards: standards.map_err(|fault| RenderError::Typeset(fault.message().to_string()))?,
        tagged: true,
        pretty: false,
    };
    typst_pdf::pdf(&set.pages, &options).map_err(|faults| fault(&faults))
}

/// The pages of a document.
pub(crate) fn set(document: &Document) -> Result<Set, RenderError> {
    let parts = match document.language {
        Language::Vi => vec![part(document, Lang::Vi)?],
        Language::En => vec![part(document, Lang::En)?],
        Language::Both => vec![part(document, Lang::Vi)?, part(document, Lang::En)?],
    };
    let first = parts.first().map(|part| (part.title.clone(), part.service.clone(), part.lang));
    let (title, author, lang) = first.unwrap_or_default();
    let text = attached(document);
    let spoken = if document.language == Language::En { Lang::En } else { Lang::Vi };
    let attachment = text.map(|_| json!({ "name": ATTACHED, "said": spoken.say("file.attached") }));
    let mut data =
        json!({ "title": title, "author": author, "lang": lang, "parts": parts, "attached": attachment });
    let missing = text::fit(&mut data, &is_known);
    if missing > 0 {
        say_missing(&mut data, missing);
    }
    let world = Sheets::new(&data, text.unwrap_or_default())?;
    let pages = typst::compile::<PagedDocument>(&world).output.map_err(|faults| fault(&faults));
    Ok(Set { pages: pages?, ident: format!("{title} {author} {}", document.made.at_ms.0) })
}

/// Puts a word of what could not be printed at the head of each part.
fn say_missing(data: &mut Value, missing: u64) {
    for part in data.get_mut("parts").and_then(Value::as_array_mut).into_iter().flatten() {
        let lang = if part["lang"] == "en" { Lang::En } else { Lang::Vi };
        let said = Block::quiet(lang.with("missing_characters", &[("n", &missing.to_string())]));
        if let Some(blocks) = part.get_mut("blocks").and_then(Value::as_array_mut) {
            blocks.insert(0, json!(said));
        }
    }
}

/// The file that is in the PDF beside its pages.
fn attached(document: &Document) -> Option<&str> {
    match &document.content {
        Content::CaseFile { text, .. } => Some(text),
        Content::Report { .. } | Content::Figures { .. } => None,
    }
}

fn part(document: &Document, lang: Lang) -> Result<Part, RenderError> {
    match &document.content {
        Content::Report { reports, case } => report::part(&document.made, reports, case, lang),
        Content::Figures { figures, desk_name } => {
            Ok(figures::part(&document.made, figures, desk_name.as_deref(), lang))
        }
        Content::CaseFile { text, desks } => case_file::part(&document.made, text, desks, lang),
    }
}

fn is_known(character: char) -> bool {
    FONTS.iter().any(|font| font.info().coverage.contains(u32::from(character)))
}

fn datetime(at: UnixMs) -> Option<Datetime> {
    let at = Timestamp::from_millisecond(at.0).ok()?.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let small = |n: i8| u8::try_from(n).ok();
    let (month, day) = (small(at.month())?, small(at.day())?);
    Datetime::from_ymd_hms(
        at.year().into(),
        month,
        day,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
    )
}

/// What typst says, without where: nothing of the data is in it.
fn fault(faults: &[SourceDiagnostic]) -> RenderError {
    let said: Vec<_> = faults.iter().take(3).map(|fault| fault.message.to_string()).collect();
    RenderError::Typeset(said.join("; "))
}
