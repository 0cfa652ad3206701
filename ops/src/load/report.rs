//! The figures: a line of JSON each, or a table at the end.

use serde::Serialize;

/// Something that was measured.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figure {
    part: &'static str,
    what: String,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio_to: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aim: Option<Aim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<bool>,
}

/// What the figure, or its ratio when it has one, should be.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

impl Figure {
    pub(super) fn new(part: &'static str, what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { part, what: what.into(), value, unit, ratio: None, ratio_to: None, aim: None, met: None }
    }

    /// Adds the ratio to `base`, another figure of this run.
    pub(super) fn to(mut self, base: f64, name: &'static str) -> Self {
        if base > 0.0 {
            (self.ratio, self.ratio_to) = (Some(self.value / base), Some(name));
        }
        self
    }

    pub(super) fn aim(mut self, aim: Aim) -> Self {
        let judged = self.ratio.unwrap_or(self.value);
        let met = match aim {
            Aim::AtLeast(least) => judged >= least,
            Aim::AtMost(most) => judged <= most,
        };
        (self.aim, self.met) = (Some(aim), Some(met));
        self
    }

    fn row(&self) -> [String; 5] {
        let ratio = match (self.ratio, self.ratio_to) {
            (Some(ratio), Some(name)) => format!("{} × {name}", short(ratio)),
            _ => String::new(),
        };
        let aim = match (self.aim, self.met) {
            (Some(aim), Some(met)) => {
                let (sign, bound) = match aim {
                    Aim::AtLeast(bound) => ('≥', bound),
                    Aim::AtMost(bound) => ('≤', bound),
                };
                format!("{} aim {sign} {}", if met { "✓" } else { "✗" }, short(bound))
            }
            _ => String::new(),
        };
        [self.part.to_owned(), self.what.clone(), format!("{} {}", short(self.value), self.unit), ratio, aim]
    }
}

/// With as many digits as a reader needs.
fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Everything that was measured so far.
pub(super) struct Report {
    json: bool,
    figures: Vec<Figure>,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self { json, figures: vec![] }
    }

    pub(super) fn add(&mut self, figure: Figure) {
        if self.json {
            println!("{}", serde_json::to_string(&figure).unwrap_or_default());
        }
        self.figures.push(figure);
    }

    /// The table; JSON was printed as it came.
    pub(super) fn print(&self) {
        if self.json {
            return;
        }
        let rows: Vec<_> = self.figures.iter().map(Figure::row).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..5).map(width).collect();
        for [part, what, value, ratio, aim] in &rows {
            let line = format!(
                "{part:<0$}  {what:<1$}  {value:>2$}  {ratio:<3$}  {aim}",
                widths[0], widths[1], widths[2], widths[3]
            );
            println!("{}", line.trim_end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_judges_the_ratio_where_there_is_one() {
        let figure = Figure::new("fixes", "acknowledged", 50.0, "1/s");
        assert_eq!(figure.clone().aim(Aim::AtLeast(40.0)).met, Some(true));
        assert_eq!(figure.clone().to(100.0, "reference").aim(Aim::AtLeast(0.8)).met, Some(false));
        assert_eq!(figure.to(100.0, "reference").row()[3], "0.50 × reference");
    }
}
