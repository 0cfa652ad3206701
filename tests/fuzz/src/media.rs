//! Photos and voice notes.

use sos_core::media;
use sos_protocol::case::Media;

/// What a pass may add: the way up, and an end of a picture that was missing.
const GROWS_AT_MOST: usize = 64;

/// A file, as both kinds.
///
/// # Panics
/// Where what passes grew, would be taken more from if it came again, or says a place that is none on earth.
pub fn attachment(data: &[u8]) {
    for kind in [Media::Photo, Media::Voice] {
        let Ok(passed) = media::pass(kind, data) else { continue };
        assert!(passed.bytes.len() <= data.len() + GROWS_AT_MOST);
        if let Some((lat, lon)) = passed.taken.and_then(|taken| taken.lat.zip(taken.lon)) {
            assert!((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon));
        }
        let again = media::pass(kind, &passed.bytes).expect("it passes again");
        assert_eq!((again.content_type, again.taken), (passed.content_type, None));
        assert_eq!(again.bytes, passed.bytes);
    }
}
