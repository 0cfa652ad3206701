//! JPEG (ITU-T T.81): segments, and between them the scans.

use super::exif::Exif;
use super::reading::u16_be;
use super::{NotTaken, Passed};

pub(super) const CONTENT_TYPE: &str = "image/jpeg";

const EXIF: &[u8] = b"Exif\0\0";
const BROKEN: NotTaken = NotTaken("a broken JPEG");

mod marker {
    pub(super) const START: u8 = 0xD8;
    pub(super) const END: u8 = 0xD9;
    pub(super) const SCAN: u8 = 0xDA;
    pub(super) const APP0: u8 = 0xE0;
    pub(super) const APP1: u8 = 0xE1;
    pub(super) const APP2: u8 = 0xE2;
    pub(super) const APP14: u8 = 0xEE;
}

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, marker::START, 0xFF])
}

/// What is kept of the segment with this marker. A thumbnail may show what the picture does not any more.
enum Kept {
    All,
    /// The JFIF header, without its thumbnail.
    Jfif,
    Nothing,
}

fn kept(marker: u8, content: &[u8]) -> Kept {
    match marker {
        // Frames, tables, scans, restart intervals, line counts.
        0xC0..=0xC7 | 0xC9..=0xCF | marker::SCAN | 0xDB | 0xDC | 0xDD => Kept::All,
        marker::APP0 if content.starts_with(b"JFIF\0") && content.len() >= 14 => Kept::Jfif,
        marker::APP2 if content.starts_with(b"ICC_PROFILE\0") => Kept::All,
        // How colours are to be understood.
        marker::APP14 if content.starts_with(b"Adobe") => Kept::All,
        _ => Kept::Nothing,
    }
}

pub(super) fn pass(bytes: &[u8]) -> Result<Passed, NotTaken> {
    let mut head = vec![];
    let mut rest = Vec::with_capacity(bytes.len());
    let mut exif = Exif::NOTHING;
    let (mut has_frame, mut has_scan) = (false, false);
    let mut at = 2;
    loop {
        let (marker, begin) = next_marker(bytes, at)?;
        if marker == marker::END {
            break;
        }
        let length = u16_be(bytes, begin).filter(|length| *length >= 2).ok_or(BROKEN)?;
        let content = bytes.get(begin + 2..begin + length).ok_or(BROKEN)?;
        at = begin + length;
        match kept(marker, content) {
            Kept::All => segment(&mut rest, marker, content),
            Kept::Jfif => segment(&mut head, marker, &[&content[..12], &[0, 0]].concat()),
            Kept::Nothing => {}
        }
        has_frame |= matches!(marker, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF);
        if let Some(tiff) = content.strip_prefix(EXIF).filter(|_| marker == marker::APP1)
            && exif == Exif::NOTHING
        {
            exif = Exif::read(tiff);
        }
        if marker == marker::SCAN {
            has_scan = true;
            let end = scan_end(bytes, at);
            rest.extend_from_slice(&bytes[at..end]);
            at = end;
            if at == bytes.len() {
                // Cut off on the phone: shown as far as it goes.
                break;
            }
        }
    }
    if !has_frame || !has_scan {
        return Err(BROKEN);
    }
    // What stands behind the end is not looked at: further pictures, films and the maker's own data.
    let mut out = vec![0xFF, marker::START];
    out.append(&mut head);
    if let Some(tiff) = exif.minimal() {
        segment(&mut out, marker::APP1, &[EXIF, &tiff].concat());
    }
    out.append(&mut rest);
    out.extend_from_slice(&[0xFF, marker::END]);
    Ok(Passed { content_type: CONTENT_TYPE, bytes: out, taken: exif.taken })
}

/// The marker at `at`, which may be filled up with FF, and where what follows it begins.
fn next_marker(bytes: &[u8], at: usize) -> Result<(u8, usize), NotTaken> {
    let rest = bytes.get(at..).filter(|rest| rest.first() == Some(&0xFF)).ok_or(BROKEN)?;
    let place = rest.iter().position(|byte| *byte != 0xFF).ok_or(BROKEN)?;
    match rest[place] {
        0 | 0x01 | 0xD0..=0xD8 => Err(BROKEN),
        marker => Ok((marker, at + place + 1)),
    }
}

/// Where the coded data that begin at `at` end: at a marker that is no restart, or with the file.
fn scan_end(bytes: &[u8], at: usize) -> usize {
    let is_end = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
    bytes[at..].windows(2).position(is_end).map_or(bytes.len(), |place| at + place)
}

fn segment(out: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    out.extend_from_slice(&[0xFF, marker]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(content);
}
