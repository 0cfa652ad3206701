//! Photos and voice notes as phones send them: what a file is, by its content, and the same file without what it says
//! beside the picture or the sound.
//!
//! Nothing is decoded. A file is walked once, part by part, and what is not on the list of what a picture or a sound needs
//! is left out; so metadata that nobody has heard of yet goes too. Each walk moves forward over bytes that are there and
//! makes at most one copy of them, whatever the file says about itself.

mod exif;
mod jpeg;
mod mp4;
mod png;
mod reading;
mod webm;
mod webp;

use sos_protocol::case::{Media, Taken};

/// A file that may be passed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Passed {
    /// Media type, by the content.
    pub content_type: &'static str,
    /// The file without metadata; of a photo, the way up is kept.
    pub bytes: Vec<u8>,
    /// What a photo said about where and when it was taken.
    pub taken: Option<Taken>,
}

/// The file is of no kind that is taken, or broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotTaken(pub &'static str);

/// Looks at a file that was sent as `media`: photos are JPEG, PNG or WebP, voice notes WebM (Opus) or MP4 (AAC, Opus).
///
/// # Errors
/// [`NotTaken`] if it is anything else.
pub fn pass(media: Media, bytes: &[u8]) -> Result<Passed, NotTaken> {
    match media {
        Media::Photo if jpeg::is(bytes) => jpeg::pass(bytes),
        Media::Photo if png::is(bytes) => png::pass(bytes),
        Media::Photo if webp::is(bytes) => webp::pass(bytes),
        Media::Photo => Err(NotTaken("neither JPEG nor PNG nor WebP")),
        Media::Voice if webm::is(bytes) => webm::pass(bytes),
        Media::Voice if mp4::is(bytes) => mp4::pass(bytes),
        Media::Voice => Err(NotTaken("neither WebM nor MP4")),
    }
}

/// Ending of the name of a file of this media type.
#[must_use]
pub fn extension(content_type: &str) -> &'static str {
    match content_type {
        jpeg::CONTENT_TYPE => "jpg",
        png::CONTENT_TYPE => "png",
        webp::CONTENT_TYPE => "webp",
        webm::CONTENT_TYPE => "webm",
        mp4::CONTENT_TYPE => "m4a",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests;
