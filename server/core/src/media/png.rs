//! PNG (W3C PNG, third edition): chunks.

use super::exif::Exif;
use super::reading::{array, u32_be};
use super::{NotTaken, Passed};

pub(super) const CONTENT_TYPE: &str = "image/png";

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
const BROKEN: NotTaken = NotTaken("a broken PNG");
/// What a picture is made of, its colours, its size on paper, and the steps of an animation.
const KEPT: [&[u8; 4]; 17] = [
    b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
    b"cLLI", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

pub(super) fn pass(bytes: &[u8]) -> Result<Passed, NotTaken> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut exif = Exif::NOTHING;
    let mut at = SIGNATURE.len();
    let mut header = None;
    let mut has_picture = false;
    loop {
        let length = u32_be(bytes, at).ok_or(BROKEN)?;
        let kind: [u8; 4] = array(bytes, at + 4).ok_or(BROKEN)?;
        let end = (at + 8).checked_add(length).and_then(|end| end.checked_add(4)).ok_or(BROKEN)?;
        let chunk = bytes.get(at..end).ok_or(BROKEN)?;
        at = end;
        match (&kind, header) {
            (b"IHDR", None) if length == 13 => header = Some(chunk),
            (b"IHDR", _) | (_, None) => return Err(BROKEN),
            (b"eXIf", _) => exif = Exif::read(&chunk[8..8 + length]),
            (kind, _) if KEPT.contains(&kind) => kept.extend_from_slice(chunk),
            _ => {}
        }
        has_picture |= &kind == b"IDAT";
        if &kind == b"IEND" {
            break;
        }
    }
    let header = header.filter(|_| has_picture).ok_or(BROKEN)?;
    let mut out = SIGNATURE.to_vec();
    out.extend_from_slice(header);
    if let Some(tiff) = exif.minimal() {
        push(&mut out, *b"eXIf", &tiff);
    }
    out.append(&mut kept);
    Ok(Passed { content_type: CONTENT_TYPE, bytes: out, taken: exif.taken })
}

fn push(out: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    out.extend_from_slice(&u32::try_from(content.len()).unwrap_or(0).to_be_bytes());
    let begin = out.len();
    out.extend_from_slice(&kind);
    out.extend_from_slice(content);
    let checksum = crc32fast::hash(&out[begin..]);
    out.extend_from_slice(&checksum.to_be_bytes());
}
