//! WebP (RFC 9649): RIFF chunks.

use super::exif::Exif;
use super::reading::{array, u32_le};
use super::{NotTaken, Passed};

pub(super) const CONTENT_TYPE: &str = "image/webp";

const BROKEN: NotTaken = NotTaken("a broken WebP, or an animated one");
/// Flags in the first byte of `VP8X`: what other chunks there are.
const HAS_EXIF: u8 = 0b1000;
const HAS_XMP: u8 = 0b0100;
const IS_ANIMATED: u8 = 0b0010;

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")
}

pub(super) fn pass(bytes: &[u8]) -> Result<Passed, NotTaken> {
    let end = u32_le(bytes, 4).and_then(|length| length.checked_add(8)).ok_or(BROKEN)?;
    let bytes = bytes.get(..end).ok_or(BROKEN)?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(b"RIFF\0\0\0\0WEBP");
    let mut exif = Exif::NOTHING;
    let (mut flags_at, mut pictures) = (None, 0);
    let mut at = 12;
    while at < end {
        let kind: [u8; 4] = array(bytes, at).ok_or(BROKEN)?;
        let length = u32_le(bytes, at + 4).ok_or(BROKEN)?;
        let content_end = (at + 8).checked_add(length).ok_or(BROKEN)?;
        let content = bytes.get(at + 8..content_end).ok_or(BROKEN)?;
        at = content_end + length % 2;
        match &kind {
            b"VP8X" if length == 10 && out.len() == 12 => {
                flags_at = Some(out.len() + 8);
                chunk(&mut out, kind, content);
            }
            b"VP8 " | b"VP8L" => {
                pictures += 1;
                chunk(&mut out, kind, content);
            }
            b"ALPH" | b"ICCP" => chunk(&mut out, kind, content),
            b"EXIF" => exif = Exif::read(content.strip_prefix(b"Exif\0\0").unwrap_or(content)),
            _ => {}
        }
    }
    if pictures != 1 {
        return Err(BROKEN);
    }
    if let Some(place) = flags_at {
        out[place] &= !(HAS_EXIF | HAS_XMP | IS_ANIMATED);
        if let Some(tiff) = exif.minimal() {
            out[place] |= HAS_EXIF;
            chunk(&mut out, *b"EXIF", &tiff);
        }
    }
    let length = u32::try_from(out.len() - 8).map_err(|_| BROKEN)?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(Passed { content_type: CONTENT_TYPE, bytes: out, taken: exif.taken })
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    out.extend_from_slice(&kind);
    out.extend_from_slice(&u32::try_from(content.len()).unwrap_or(0).to_le_bytes());
    out.extend_from_slice(content);
    if !content.len().is_multiple_of(2) {
        out.push(0);
    }
}
