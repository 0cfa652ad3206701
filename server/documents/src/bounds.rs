//! How much is printed of what may be far too much. What is left out is said on the page, and how much it is.

/// Lines of the course of events: the first half and the last half of these.
pub const ENTRIES_MAX: usize = 600;
/// Chat messages: the first half and the last half of these.
pub const MESSAGES_MAX: usize = 400;
/// Positions in the table, the latest of them. All that are in the file are on the map.
pub const FIXES_MAX: usize = 200;
/// Corners of the way on the map; past it every second one is left out, as often as need be.
pub const WAY_POINTS_MAX: usize = 2_000;
/// Attachments that are listed; a case has at most 50.
pub const ATTACHMENTS_MAX: usize = 100;
/// Characters of one text; protocol texts are at most 4,000.
pub const TEXT_CHARS_MAX: usize = 5_000;
/// Characters of a name or another short line.
pub const LINE_CHARS_MAX: usize = 300;
/// Characters of a name in a chart or a table of figures.
pub const NAME_CHARS_MAX: usize = 80;
/// Rows of a table of figures: a period of five years has at most 262 weeks.
pub const FIGURE_ROWS_MAX: usize = 400;
/// Bars of one chart: what is left stands in the table.
pub const BARS_MAX: usize = 12;
/// Steps in the life of a report: the first half and the last half of these.
pub const STEPS_MAX: usize = 100;
