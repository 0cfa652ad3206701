//! Parts of files, by which whoever has some of one gets the rest.

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it.
    All,
    /// These bytes.
    Part(Range<usize>),
    /// A part that it does not have.
    Nothing,
}

/// Reads `Range` (RFC 9110, 14.2). Only one range: for several, or what cannot be read, all of it may be sent. `etag` is that of the
/// file as it is now: a range of another one is not what is asked for.
pub(super) fn range(headers: &HeaderMap, length: usize, etag: Option<&str>) -> Asked {
    let text = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let is_bound_to = headers.get(header::IF_RANGE).map(|value| value.to_str().unwrap_or_default());
    let is_other = is_bound_to.is_some_and(|of| etag != Some(of));
    let Some((first, last)) =
        text.filter(|_| !is_other).and_then(|text| text.strip_prefix("bytes=")?.split_once('-'))
    else {
        return Asked::All;
    };
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Some(first), None) if last.is_empty() => first..length,
        (None, Some(last)) if first.is_empty() => length.saturating_sub(last)..length,
        _ => return Asked::All,
    };
    if range.start < range.end { Asked::Part(range) } else { Asked::Nothing }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn one_range_is_answered_with_that_range_and_anything_odd_with_all() {
        let asked = |text: &'static str| {
            let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(text))]);
            range(&headers, 100, None)
        };
        assert_eq!(range(&HeaderMap::new(), 100, None), Asked::All);
        assert_eq!(asked("bytes=0-"), Asked::Part(0..100));
        assert_eq!(asked("bytes=10-19"), Asked::Part(10..20));
        assert_eq!(asked("bytes=90-18446744073709551615"), Asked::Part(90..100));
        assert_eq!(asked("bytes=-10"), Asked::Part(90..100));
        assert_eq!(asked("bytes=-200"), Asked::Part(0..100));
        for nothing in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(asked(nothing), Asked::Nothing, "{nothing}");
        }
        for odd in ["bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "0-1"] {
            assert_eq!(asked(odd), Asked::All, "{odd}");
        }
    }

    #[test]
    fn a_range_of_another_file_is_answered_with_all_of_this_one() {
        let asked = |of: &'static str, etag| {
            let headers = HeaderMap::from_iter([
                (header::RANGE, HeaderValue::from_static("bytes=10-")),
                (header::IF_RANGE, HeaderValue::from_static(of)),
            ]);
            range(&headers, 100, etag)
        };
        assert_eq!(asked("\"a\"", Some("\"a\"")), Asked::Part(10..100));
        for (of, etag) in [
            ("\"b\"", Some("\"a\"")),
            ("W/\"a\"", Some("\"a\"")),
            ("Mon, 23 Nov 2026 03:00:00 GMT", Some("\"a\"")),
            ("\"a\"", None),
        ] {
            assert_eq!(asked(of, etag), Asked::All, "{of}");
        }
    }
}
