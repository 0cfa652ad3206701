//! Numbers, shares, spans and moments in the words of one language, as the console says them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sos_protocol::UnixMs;
use sos_protocol::figures::Part;

use crate::words::Lang;

/// Stands where there is nothing to say a number of.
pub(crate) const NONE: &str = "–";
const HANOI: &str = "Asia/Ho_Chi_Minh";

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// By whose clocks, in which words.
#[derive(Debug, Clone)]
pub(crate) struct Format {
    pub(crate) lang: Lang,
    name: String,
    zone: TimeZone,
}

impl Format {
    pub(crate) fn new(lang: Lang, zone: &str) -> Self {
        let known = TimeZone::get(zone).ok().filter(|zone| !zone.is_unknown());
        let name = if known.is_some() { zone } else { "UTC" };
        Self { lang, name: name.to_owned(), zone: known.unwrap_or(TimeZone::UTC) }
    }

    /// `giờ Hà Nội (Asia/Ho_Chi_Minh)`
    pub(crate) fn zone(&self) -> String {
        let key = match self.name.as_str() {
            HANOI => "zone.hanoi",
            "UTC" => return "UTC".to_owned(),
            _ => "zone.local",
        };
        format!("{} ({})", self.lang.say(key), self.name)
    }

    /// `14:05:09 22/11/2026`
    pub(crate) fn moment(&self, at: UnixMs) -> String {
        self.said(at, "%H:%M:%S %d/%m/%Y")
    }

    /// `14:05 22/11/2026`
    pub(crate) fn minute(&self, at: UnixMs) -> String {
        self.said(at, "%H:%M %d/%m/%Y")
    }

    fn said(&self, at: UnixMs, how: &str) -> String {
        match Timestamp::from_millisecond(at.0) {
            Ok(at) => self.zone.to_datetime(at).strftime(how).to_string(),
            Err(_) => NONE.to_owned(),
        }
    }

    /// `22/11/2026`, of `2026-11-22`; of what is no day as much as a day takes.
    pub(crate) fn day(day: &str) -> String {
        day.parse::<Date>()
            .map_or_else(|_| crate::text::cut(day, 10), |day| day.strftime("%d/%m/%Y").to_string())
    }

    const fn point(&self) -> char {
        match self.lang {
            Lang::Vi => ',',
            Lang::En => '.',
        }
    }

    /// `12.345`
    pub(crate) fn count(&self, n: impl Into<u64>) -> String {
        let digits = n.into().to_string();
        let comma = if self.point() == ',' { '.' } else { ',' };
        let mut said = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                said.push(comma);
            }
            said.push(digit);
        }
        said
    }

    /// `3,4`, with as many places as given, without zeros at the end.
    pub(crate) fn decimal(&self, value: f64, places: usize) -> String {
        let said = format!("{value:.places$}");
        let said = if said.contains('.') { said.trim_end_matches('0').trim_end_matches('.') } else { &said };
        said.replace('.', &self.point().to_string())
    }

    /// `87,5%`. Never all where one is missing, and never none where there is one: `> 99,9%`, `< 0,1%`.
    pub(crate) fn share(&self, Part { cases, over }: Part) -> String {
        let (cases, over) = (u64::from(cases), u64::from(over));
        let tenths = |n: u64| match n % 10 {
            0 => format!("{}%", n / 10),
            tenth => format!("{}{}{tenth}%", n / 10, self.point()),
        };
        match () {
            () if over == 0 => NONE.to_owned(),
            () if cases > 0 && cases * 1000 < over => format!("< {}", tenths(1)),
            () if cases < over && (over - cases) * 1000 < over => format!("> {}", tenths(999)),
            () => tenths((cases * 2000 + over) / (2 * over)),
        }
    }

    /// A share beside what was wanted. What falls short of it by too little to be seen is `< 90%`, and not as much as it.
    pub(crate) fn reached(&self, part: Part, wanted_pct: u8) -> String {
        let (cases, over, wanted) = (u64::from(part.cases), u64::from(part.over), u64::from(wanted_pct));
        let falls = cases * 100 < wanted * over;
        if falls && (cases * 2000 + over) / (2 * over) >= wanted * 10 {
            format!("< {wanted}%")
        } else {
            self.share(part)
        }
    }

    /// `0,4 giây`, `12 giây`, `1 phút 30 giây`, `3 giờ 5 phút`, `12 ngày 4 giờ`: two units at most.
    pub(crate) fn duration(&self, ms: Option<i64>) -> String {
        let Some(ms) = ms else { return NONE.to_owned() };
        let ms = ms.max(0);
        // To a tenth, so that what took longer than a target of seconds does not read like it.
        if ms < MINUTE - SECOND / 20 {
            let tenths = (ms + 50) / 100;
            let whole = (tenths / 10).to_string();
            let said =
                if tenths % 10 > 0 { format!("{whole}{}{}", self.point(), tenths % 10) } else { whole };
            return format!("{said}\u{a0}{}", self.unit("second", tenths == 10));
        }
        if ms < HOUR - SECOND / 2 {
            return self.two(ms, (MINUTE, "minute"), (SECOND, "second"));
        }
        if ms < 2 * DAY - MINUTE / 2 {
            return self.two(ms, (HOUR, "hour"), (MINUTE, "minute"));
        }
        self.two(ms, (DAY, "day"), (HOUR, "hour"))
    }

    fn two(&self, ms: i64, (large, large_name): (i64, &str), (small, small_name): (i64, &str)) -> String {
        let all = (ms + small / 2) / small;
        let ratio = large / small;
        let say = |n: i64, name| {
            let count = self.count(n.unsigned_abs());
            format!("{count}\u{a0}{}", self.unit(name, n == 1))
        };
        match all % ratio {
            0 => say(all / ratio, large_name),
            rest => format!("{} {}", say(all / ratio, large_name), say(rest, small_name)),
        }
    }

    fn unit(&self, name: &str, one: bool) -> String {
        self.lang.say(&format!("unit.{name}{}", if one { ".one" } else { "" })).to_owned()
    }

    /// `812 B`, `80 kB`, `1,2 MB`
    pub(crate) fn size(&self, bytes: u32) -> String {
        let bytes = f64::from(bytes);
        match bytes {
            ..1e3 => format!("{bytes} B"),
            ..999_500.0 => format!("{} kB", self.decimal(bytes / 1e3, 0)),
            _ => format!("{} MB", self.decimal(bytes / 1e6, 1)),
        }
    }

    /// `12 m`, `3,4 km`
    pub(crate) fn distance(&self, metres: f64) -> String {
        match metres {
            ..1e3 => format!("{} m", self.decimal(metres.max(1.0), 0)),
            ..1e4 => format!("{} km", self.decimal(metres / 1e3, 1)),
            _ => format!("{} km", self.decimal(metres / 1e3, 0)),
        }
    }
}

/// As people type it into a map: five decimals are about a metre.
pub(crate) fn place(lat: f64, lon: f64) -> String {
    format!("{lat:.5}, {lon:.5}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say<T>(lang: Lang, say: impl FnOnce(&Format) -> T) -> T {
        say(&Format::new(lang, "Asia/Taipei"))
    }

    #[test]
    fn shares_are_never_all_where_one_is_missing() {
        for (cases, over, vi) in [
            (0, 0, "–"),
            (0, 9, "0%"),
            (1, 2_000, "< 0,1%"),
            (1_999, 2_000, "> 99,9%"),
            (7, 8, "87,5%"),
            (1, 80, "1,3%"),
            (3, 3, "100%"),
        ] {
            assert_eq!(say(Lang::Vi, |f| f.share(Part { cases, over })), vi);
        }
    }

    #[test]
    fn what_misses_a_target_never_reads_like_it() {
        for (cases, over, vi) in [(1_110, 1_234, "< 90%"), (9, 10, "90%"), (898, 1_000, "89,8%"), (0, 0, "–")]
        {
            assert_eq!(say(Lang::Vi, |f| f.reached(Part { cases, over }, 90)), vi);
        }
    }

    #[test]
    fn spans_and_counts_are_those_of_the_console() {
        for (ms, vi, en) in [
            (420, "0,4 giây", "0.4 secs"),
            (1_000, "1 giây", "1 sec"),
            (12_000, "12 giây", "12 secs"),
            (59_960, "1 phút", "1 min"),
            (90_000, "1 phút 30 giây", "1 min 30 secs"),
            (11_100_000, "3 giờ 5 phút", "3 hrs 5 mins"),
            (1_051_200_000, "12 ngày 4 giờ", "12 days 4 hrs"),
        ] {
            assert_eq!(say(Lang::Vi, |f| f.duration(Some(ms))).replace('\u{a0}', " "), vi);
            assert_eq!(say(Lang::En, |f| f.duration(Some(ms))).replace('\u{a0}', " "), en);
        }
        assert_eq!(say(Lang::Vi, |f| f.count(1_234_567_u32)), "1.234.567");
        assert_eq!(say(Lang::En, |f| f.count(999_u32)), "999");
        assert_eq!(say(Lang::En, |f| f.distance(3_440.0)), "3.4 km");
        assert_eq!(say(Lang::Vi, |f| f.size(1_240_000)), "1,2 MB");
    }

    #[test]
    fn moments_are_by_the_clocks_that_were_asked_for() {
        let at = UnixMs(1_792_850_700_000);
        assert_eq!(say(Lang::Vi, |f| f.moment(at)), "22:05:00 24/10/2026");
        let format = Format::new(Lang::Vi, "Nowhere/None");
        assert_eq!((format.zone().as_str(), format.minute(at).as_str()), ("UTC", "14:05 24/10/2026"));
        assert_eq!(Format::day("2026-11-22"), "22/11/2026");
    }
}
