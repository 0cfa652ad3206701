//! What a page is made of. The template (`templates/document.typ`) knows these and nothing of cases, reports or figures.

use serde::Serialize;

/// A document in one language.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    /// `vi` or `en`.
    pub(crate) lang: &'static str,
    pub(crate) title: String,
    /// What it is of, below the title.
    pub(crate) subtitle: String,
    /// Whose paper this is, in the head of each page.
    pub(crate) service: String,
    /// Who and when, in the foot of each page and across it.
    pub(crate) made: String,
    /// `Trang {page}/{pages}`
    pub(crate) page: String,
    pub(crate) blocks: Vec<Block>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Block {
    /// 1: a section; 2: below it.
    Heading {
        level: u8,
        text: String,
    },
    Text {
        text: String,
        tone: Tone,
    },
    /// Names with their values.
    Facts {
        rows: Vec<(String, String)>,
    },
    Table(Table),
    /// Large numbers beside each other.
    Tiles {
        tiles: Vec<Tile>,
    },
    /// What happened, one thing after the other.
    Lines {
        rows: Vec<Line>,
    },
    /// A hash in full, which must not be broken.
    Hash {
        label: String,
        value: String,
    },
    /// Columns beside each other.
    Columns {
        alt: String,
        columns: Vec<ColumnBar>,
        legend: Vec<String>,
        most: f64,
        most_text: String,
    },
    /// Bars below each other.
    Bars {
        alt: String,
        bars: Vec<Bar>,
    },
    /// Three marks a row on one axis.
    Spans {
        alt: String,
        rows: Vec<SpanRow>,
        ticks: Vec<Tick>,
        legend: Vec<String>,
    },
    Map(Map),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tone {
    Plain,
    Quiet,
    /// Quiet, and on the same page as what comes next.
    Lead,
    /// In a frame: something that must not be overlooked.
    Notice,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<String>>,
    /// A line over all columns below row `.0`, e.g. a hash.
    pub(crate) below: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Column {
    pub(crate) title: String,
    /// Set to the right.
    pub(crate) number: bool,
    /// Part of the width that is left over; 0: as wide as it must be.
    pub(crate) wide: u8,
}

#[derive(Debug, Serialize)]
pub(crate) struct Tile {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) note: String,
    pub(crate) meter: Option<Meter>,
}

/// From 0 to 1, and where it should be.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Meter {
    pub(crate) value: f64,
    pub(crate) wanted: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) what: String,
    /// In the words of whoever wrote them.
    pub(crate) words: String,
    pub(crate) tone: Tone,
}

/// Parts of a column, each drawn before the one in front of it, from 0 to `most`.
#[derive(Debug, Serialize)]
pub(crate) struct ColumnBar {
    /// Below it; empty: nothing.
    pub(crate) label: String,
    pub(crate) values: Vec<f64>,
    /// Above it; empty: nothing.
    pub(crate) text: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Bar {
    pub(crate) label: String,
    /// From 0 to 1.
    pub(crate) part: f64,
    pub(crate) text: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct SpanRow {
    pub(crate) label: String,
    /// Places on the axis, from 0 to 1.
    pub(crate) marks: Vec<f64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) text: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Map {
    pub(crate) alt: String,
    pub(crate) svg: String,
    /// Height by width.
    pub(crate) ratio: f64,
    pub(crate) labels: Vec<Label>,
    pub(crate) scale: Option<Scale>,
    pub(crate) caption: String,
}

/// Words on a map; places from 0 to 1, from the left and the top.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Label {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) text: String,
    /// Which of the looks that `charts.typ` knows.
    pub(crate) look: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Scale {
    /// Part of the width of the map.
    pub(crate) part: f64,
    pub(crate) text: String,
}

impl Block {
    pub(crate) fn section(text: impl Into<String>) -> Self {
        Self::Heading { level: 1, text: text.into() }
    }

    pub(crate) fn sub(text: impl Into<String>) -> Self {
        Self::Heading { level: 2, text: text.into() }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), tone: Tone::Plain }
    }

    pub(crate) fn quiet(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), tone: Tone::Quiet }
    }

    pub(crate) fn lead(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), tone: Tone::Lead }
    }

    pub(crate) fn notice(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), tone: Tone::Notice }
    }
}

/// Facts without those whose value is not there.
pub(crate) fn facts(rows: impl IntoIterator<Item = (String, Option<String>)>) -> Block {
    let rows = rows.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    Block::Facts { rows: rows.collect() }
}
