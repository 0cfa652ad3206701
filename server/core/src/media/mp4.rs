//! MP4 (ISO/IEC 14496-12): boxes in boxes. What is not needed is blanked where it is, because other boxes name places
//! in the file by their offsets.

use super::reading::{array, u32_be, u64_be};
use super::{NotTaken, Passed};

pub(super) const CONTENT_TYPE: &str = "audio/mp4";

const BROKEN: NotTaken = NotTaken("a broken MP4");
const NOT_SOUND: NotTaken = NotTaken("an MP4 with other tracks than AAC or Opus");
/// Boxes in boxes; the deepest that are looked into are the sample tables, at 5.
const DEPTH_MAX: u32 = 8;

/// Boxes that hold others.
const CONTAINERS: [&[u8; 4]; 9] =
    [b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf"];
/// Boxes that say how sound is stored, or are it.
const NEEDED: [&[u8; 4]; 38] = [
    b"ftyp", b"styp", b"mdat", b"sidx", b"ssix", b"mvhd", b"tkhd", b"tref", b"elst", b"mdhd", b"hdlr",
    b"elng", b"smhd", b"nmhd", b"dinf", b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2",
    b"stco", b"co64", b"stss", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"mehd", b"trex",
    b"mfhd", b"tfhd", b"tfdt", b"trun", b"trep",
];

/// A box: its kind, and where its content begins and ends.
#[derive(Clone, Copy)]
struct Part {
    kind: [u8; 4],
    begin: usize,
    content: usize,
    end: usize,
}

/// What was seen of the tracks.
#[derive(Default)]
struct Tracks {
    all: u32,
    sound: u32,
    taken: u32,
}

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
}

pub(super) fn pass(bytes: &[u8]) -> Result<Passed, NotTaken> {
    let mut bytes = bytes.to_vec();
    let mut tracks = Tracks::default();
    let end = bytes.len();
    walk(&mut bytes, (0, end), 0, &mut tracks)?;
    if tracks.all == 0 || tracks.sound != tracks.all || tracks.taken != tracks.all {
        return Err(NOT_SOUND);
    }
    Ok(Passed { content_type: CONTENT_TYPE, bytes, taken: None })
}

fn walk(
    bytes: &mut [u8],
    (mut at, end): (usize, usize),
    depth: u32,
    seen: &mut Tracks,
) -> Result<(), NotTaken> {
    while at < end {
        let part = part(bytes, at, end, depth).ok_or(BROKEN)?;
        at = part.end;
        let content = bytes.get(part.content..part.end).ok_or(BROKEN)?;
        match &part.kind {
            b"trak" => seen.all += 1,
            b"hdlr" => seen.sound += u32::from(content.get(8..12) == Some(b"soun")),
            b"stsd" => seen.taken += u32::from(is_taken(content)),
            _ => {}
        }
        if CONTAINERS.contains(&&part.kind) {
            if depth == DEPTH_MAX {
                return Err(BROKEN);
            }
            walk(bytes, (part.content, part.end), depth + 1, seen)?;
        } else if !NEEDED.contains(&&part.kind) {
            bytes[part.begin + 4..part.begin + 8].copy_from_slice(b"free");
            bytes[part.content..part.end].fill(0);
        }
    }
    Ok(())
}

fn part(bytes: &[u8], at: usize, end: usize, depth: u32) -> Option<Part> {
    let kind = array(bytes, at + 4)?;
    let (header, length) = match u32_be(bytes, at)? {
        // To the end of the file.
        0 if depth == 0 => (8, end - at),
        1 => (16, u64_be(bytes, at + 8)?),
        length => (8, length),
    };
    let is_cut = depth == 0 && &kind == b"mdat";
    let part_end = at.checked_add(length)?;
    let part_end = if is_cut { part_end.min(end) } else { part_end };
    (length >= header && at + header <= part_end && part_end <= end).then(|| Part {
        kind,
        begin: at,
        content: at + header,
        end: part_end,
    })
}

/// Whether a list of sample descriptions has AAC or Opus only.
fn is_taken(content: &[u8]) -> bool {
    let Some(count) = u32_be(content, 4).filter(|count| (1..=8).contains(count)) else { return false };
    let mut at = 8;
    (0..count).all(|_| {
        let Some((length, kind)) = u32_be(content, at).zip(array::<4>(content, at + 4)) else { return false };
        at = at.saturating_add(length);
        length >= 8 && matches!(&kind, b"mp4a" | b"Opus")
    })
}
