//! WebM (RFC 8794, RFC 9559): elements in elements. What is not needed becomes `Void` where it is, because others name
//! places in the file by their offsets.

use super::{NotTaken, Passed};

pub(super) const CONTENT_TYPE: &str = "audio/webm";

const BROKEN: NotTaken = NotTaken("a broken WebM");
const NOT_SOUND: NotTaken = NotTaken("a WebM with other tracks than Opus");

mod id {
    pub(super) const EBML: u32 = 0x1A45_DFA3;
    pub(super) const DOC_TYPE: u32 = 0x4282;
    pub(super) const VOID: u32 = 0xEC;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const SEEK_HEAD: u32 = 0x114D_9B74;
    pub(super) const INFO: u32 = 0x1549_A966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x002A_D7B1;
    pub(super) const DURATION: u32 = 0x4489;
    pub(super) const MUXING_APP: u32 = 0x4D80;
    pub(super) const WRITING_APP: u32 = 0x5741;
    pub(super) const TRACKS: u32 = 0x1654_AE6B;
    pub(super) const TRACK_ENTRY: u32 = 0xAE;
    pub(super) const TRACK_TYPE: u32 = 0x83;
    pub(super) const TRACK_NAME: u32 = 0x536E;
    pub(super) const CODEC_ID: u32 = 0x86;
    pub(super) const CODEC_NAME: u32 = 0x0025_8688;
    pub(super) const CLUSTER: u32 = 0x1F43_B675;
    pub(super) const CUES: u32 = 0x1C53_BB6B;
    pub(super) const TAGS: u32 = 0x1254_C367;
    pub(super) const ATTACHMENTS: u32 = 0x1941_A469;
    pub(super) const CHAPTERS: u32 = 0x1043_A770;
    /// Checksum of the element that it stands in, which would not fit any more.
    pub(super) const CRC_32: u32 = 0xBF;
}

/// What stands side by side in a segment.
const OF_SEGMENT: [u32; 8] =
    [id::SEEK_HEAD, id::INFO, id::TRACKS, id::CLUSTER, id::CUES, id::TAGS, id::ATTACHMENTS, id::CHAPTERS];
const SOUND: &[u8] = &[2];

/// An element: its id, and where its content begins and ends; an end that is not known is that of what it stands in.
#[derive(Clone, Copy)]
struct Element {
    id: u32,
    begin: usize,
    content: usize,
    end: usize,
    has_end: bool,
}

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(&id::EBML.to_be_bytes())
}

pub(super) fn pass(bytes: &[u8]) -> Result<Passed, NotTaken> {
    let head = whole(bytes, 0, bytes.len())?;
    let doc_type = children(bytes, head)?.into_iter().find(|child| child.id == id::DOC_TYPE).ok_or(BROKEN)?;
    if bytes.get(doc_type.content..doc_type.end) != Some(b"webm") {
        return Err(NotTaken("Matroska, but not WebM"));
    }
    let segment = element(bytes, head.end, bytes.len()).filter(|it| it.id == id::SEGMENT).ok_or(BROKEN)?;
    let mut bytes = bytes[..segment.end].to_vec();
    let (mut has_sound, mut at) = (false, segment.content);
    while at < segment.end {
        let Some(part) = element(&bytes, at, segment.end) else {
            is_cut(at, segment.end)?;
            break;
        };
        at = match part.id {
            id::CLUSTER if part.has_end => part.end,
            id::CLUSTER => cluster_end(&bytes, part)?,
            _ if !part.has_end => return Err(BROKEN),
            _ => part.end,
        };
        match part.id {
            id::CLUSTER | id::SEEK_HEAD | id::CUES => {}
            id::INFO => clean_info(&mut bytes, part)?,
            id::TRACKS => {
                clean_tracks(&mut bytes, part)?;
                has_sound = true;
            }
            _ => void(&mut bytes, part)?,
        }
    }
    if !has_sound {
        return Err(NOT_SOUND);
    }
    Ok(Passed { content_type: CONTENT_TYPE, bytes, taken: None })
}

/// Where a cluster of unknown length ends: before the next thing that stands beside it.
fn cluster_end(bytes: &[u8], cluster: Element) -> Result<usize, NotTaken> {
    let mut at = cluster.content;
    while at < cluster.end {
        let Some(child) = element(bytes, at, cluster.end) else {
            is_cut(at, cluster.end)?;
            return Ok(cluster.end);
        };
        if OF_SEGMENT.contains(&child.id) {
            break;
        }
        if !child.has_end {
            return Err(BROKEN);
        }
        at = child.end;
    }
    Ok(at)
}

/// Whether what cannot be read at `at` may be the beginning of an element: the phone may have stopped in the middle.
const fn is_cut(at: usize, end: usize) -> Result<(), NotTaken> {
    /// Longest id and longest size.
    const HEAD_BYTES_MAX: usize = 4 + 8;
    if end - at < HEAD_BYTES_MAX { Ok(()) } else { Err(BROKEN) }
}

fn clean_info(bytes: &mut [u8], info: Element) -> Result<(), NotTaken> {
    const KEPT: [u32; 4] = [id::TIMESTAMP_SCALE, id::DURATION, id::MUXING_APP, id::WRITING_APP];
    for child in children(bytes, info)?.into_iter().filter(|child| !KEPT.contains(&child.id)) {
        void(bytes, child)?;
    }
    Ok(())
}

/// Takes names out of the tracks, all of which have to be Opus.
fn clean_tracks(bytes: &mut [u8], tracks: Element) -> Result<(), NotTaken> {
    let mut found = false;
    for track in children(bytes, tracks)? {
        if track.id != id::TRACK_ENTRY {
            void(bytes, track)?;
            continue;
        }
        let fields = children(bytes, track)?;
        let field =
            |id| fields.iter().find(|field| field.id == id).and_then(|it| bytes.get(it.content..it.end));
        if field(id::TRACK_TYPE) != Some(SOUND) || field(id::CODEC_ID) != Some(b"A_OPUS") {
            return Err(NOT_SOUND);
        }
        found = true;
        const NAMES: [u32; 4] = [id::TRACK_NAME, id::CODEC_NAME, id::CRC_32, id::VOID];
        for field in fields.iter().filter(|field| NAMES.contains(&field.id)) {
            void(bytes, *field)?;
        }
    }
    if found { Ok(()) } else { Err(NOT_SOUND) }
}

/// What stands in `parent`. An entry of this list takes more room than the shortest element in the file, which has 2
/// bytes; so it is for small parents.
fn children(bytes: &[u8], parent: Element) -> Result<Vec<Element>, NotTaken> {
    const CHILDREN_MAX: usize = 64;
    let mut found = vec![];
    let mut at = parent.content;
    while at < parent.end {
        if found.len() == CHILDREN_MAX {
            return Err(BROKEN);
        }
        let child = whole(bytes, at, parent.end)?;
        at = child.end;
        found.push(child);
    }
    Ok(found)
}

/// An element that is all there.
fn whole(bytes: &[u8], at: usize, end: usize) -> Result<Element, NotTaken> {
    element(bytes, at, end).filter(|it| it.has_end).ok_or(BROKEN)
}

/// The element at `at`, which is cut where it reaches over `end`.
fn element(bytes: &[u8], at: usize, end: usize) -> Option<Element> {
    let bytes = bytes.get(..end)?;
    let id_length = width(bytes, at).filter(|length| *length <= 4)?;
    let id = bytes.get(at..at + id_length)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    let size_at = at + id_length;
    let size_length = width(bytes, size_at)?;
    let size =
        bytes.get(size_at..size_at + size_length)?.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
    let all = (1_u64 << (7 * size_length)) - 1;
    let (content, size) = (size_at + size_length, size & all);
    let known = (size != all).then(|| usize::try_from(size).unwrap_or(usize::MAX));
    let own_end = known.map_or(end, |size| content.saturating_add(size).min(end));
    Some(Element { id, begin: at, content, end: own_end, has_end: known.is_some() })
}

/// How many bytes the number at `at` has, 1 to 8.
fn width(bytes: &[u8], at: usize) -> Option<usize> {
    let zeros = bytes.get(at)?.leading_zeros();
    (zeros < 8).then(|| usize::try_from(zeros).unwrap_or(0) + 1)
}

/// Makes the place of an element empty.
fn void(bytes: &mut [u8], element: Element) -> Result<(), NotTaken> {
    let place = bytes.get_mut(element.begin..element.end).ok_or(BROKEN)?;
    let length = place.len();
    place.fill(0);
    let size = match length {
        0 | 1 => return Err(BROKEN),
        2..=128 => vec![0x80 | u8::try_from(length - 2).unwrap_or(0)],
        _ => (1_u64 << 56 | (length - 9) as u64).to_be_bytes().to_vec(),
    };
    place[0] = 0xEC;
    place[1..=size.len()].copy_from_slice(&size);
    Ok(())
}
