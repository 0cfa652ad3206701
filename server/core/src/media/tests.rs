use proptest::prelude::*;
use sos_protocol::UnixMs;

use super::exif::Exif;
use super::*;

const JPEG: &[u8] = include_bytes!("samples/photo.jpg");
const PROGRESSIVE: &[u8] = include_bytes!("samples/progressive.jpg");
const PNG: &[u8] = include_bytes!("samples/photo.png");
const LOSSLESS: &[u8] = include_bytes!("samples/photo.webp");
const LOSSY: &[u8] = include_bytes!("samples/lossy.webp");
const WEBM: &[u8] = include_bytes!("samples/opus.webm");
const MP4: &[u8] = include_bytes!("samples/opus.m4a");

const PHOTOS: [(&str, &[u8]); 5] = [
    ("image/jpeg", JPEG),
    ("image/jpeg", PROGRESSIVE),
    ("image/png", PNG),
    ("image/webp", LOSSLESS),
    ("image/webp", LOSSY),
];
const ALL: [(Media, &[u8]); 7] = [
    (Media::Photo, JPEG),
    (Media::Photo, PROGRESSIVE),
    (Media::Photo, PNG),
    (Media::Photo, LOSSLESS),
    (Media::Photo, LOSSY),
    (Media::Voice, WEBM),
    (Media::Voice, MP4),
];
/// What a pass may add: the way up, an end of the picture that was missing, and a thumbnail's two noughts.
const GROWS_AT_MOST: usize = 64;

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("it is there");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

fn refused(media: Media, bytes: &[u8]) -> bool {
    pass(media, bytes).is_err()
}

#[test]
fn a_photo_says_where_and_when_and_is_passed_on_without_it_but_the_right_way_up() {
    for (content_type, photo) in PHOTOS {
        assert!(has(photo, b"Xuong Mau"), "{content_type}");
        let passed = pass(Media::Photo, photo).unwrap();
        assert_eq!(passed.content_type, content_type);
        let taken = passed.taken.unwrap();
        assert!((taken.lat.unwrap() - 25.0478).abs() < 1e-6 && (taken.lon.unwrap() - 121.517).abs() < 1e-6);
        assert_eq!(taken.at_ms, Some(UnixMs(1_795_331_039_000)));
        for words in [&b"Xuong Mau"[..], b"Dien thoai", b"ghi chu", b"2026:11:22", b"xmp"] {
            assert!(!has(&passed.bytes, words), "{content_type}: {}", String::from_utf8_lossy(words));
        }
        let up = passed.bytes.windows(4).position(|window| window == b"MM\0\x2a").expect("the way up");
        assert_eq!(Exif::read(&passed.bytes[up..]), Exif { orientation: 6, taken: None });
        let again = pass(Media::Photo, &passed.bytes).unwrap();
        assert_eq!(again, Passed { taken: None, ..passed });
    }
}

#[test]
fn what_stands_behind_the_end_or_between_scans_of_a_jpeg_goes() {
    let plain = pass(Media::Photo, PROGRESSIVE).unwrap();
    let film = [PROGRESSIVE, JPEG, b"....ftypmp42 GPS 25.0478"].concat();
    assert_eq!(pass(Media::Photo, &film), Ok(plain.clone()));
    // Before the second scan.
    let scans: Vec<usize> =
        (0..PROGRESSIVE.len()).filter(|i| PROGRESSIVE[*i..].starts_with(&[0xFF, 0xDA])).collect();
    assert!(scans.len() > 2);
    let (head, tail) = PROGRESSIVE.split_at(scans[1]);
    let between = [head, b"\xFF\xFE\x00\x09ghi chu", tail].concat();
    assert_eq!(pass(Media::Photo, &between), Ok(plain));
    let cut = pass(Media::Photo, &JPEG[..JPEG.len() - 20]).unwrap();
    assert!(cut.bytes.ends_with(&[0xFF, 0xD9]));
}

#[test]
fn a_place_that_is_none_on_earth_or_unsure_is_left_out_and_the_time_stays() {
    let lat = [25_u32, 1, 2, 1, 1302, 25];
    let bytes = |numbers: [u32; 6]| numbers.map(u32::to_be_bytes).concat();
    for wrong in [[90, 1, 0, 1, 1, 1], [25, 0, 2, 1, 0, 1], [u32::MAX, 1, 0, 1, 0, 1]] {
        let photo = replaced(JPEG, &bytes(lat), &bytes(wrong));
        let taken = pass(Media::Photo, &photo).unwrap().taken.unwrap();
        assert_eq!((taken.lat, taken.lon), (None, None), "{wrong:?}");
        assert!(taken.at_ms.is_some());
    }
    let south = replaced(JPEG, b"N\0\0\0\0\x02\0\x05", b"S\0\0\0\0\x02\0\x05");
    assert!(pass(Media::Photo, &south).unwrap().taken.unwrap().lat.unwrap() < -25.0);
    let no_offset = replaced(JPEG, b"+07:00", b"      ");
    assert_eq!(pass(Media::Photo, &no_offset).unwrap().taken.unwrap().at_ms, None);
}

/// A WebM with more elements at the end of its segment.
fn with_elements(more: &[u8]) -> Vec<u8> {
    let at = WEBM.windows(4).position(|window| window == [0x18, 0x53, 0x80, 0x67]).unwrap() + 4;
    let size = u64::from_be_bytes(WEBM[at..at + 8].try_into().unwrap()) + more.len() as u64;
    [&WEBM[..at], &size.to_be_bytes(), &WEBM[at + 8..], more].concat()
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap();
    [&length.to_be_bytes(), kind.as_slice(), content].concat()
}

#[test]
fn voice_notes_keep_their_length_and_lose_what_they_say() {
    assert_eq!(pass(Media::Voice, WEBM).unwrap().content_type, "audio/webm");
    // Tags and an attached file, one shorter and one longer than what one byte can count; and what nobody knows.
    for (id, length) in
        [([0x12, 0x54, 0xC3, 0x67], 40), ([0x19, 0x41, 0xA4, 0x69], 400), ([0x1B, 1, 2, 3], 126)]
    {
        let mut tags = [&id[..], &(1_u64 << 56 | length).to_be_bytes()].concat();
        tags.extend(b"ghi chu +25.0478+121.5170/".iter().cycle().take(usize::try_from(length).unwrap()));
        let passed = pass(Media::Voice, &with_elements(&tags)).unwrap().bytes;
        assert_eq!(passed.len(), WEBM.len() + tags.len());
        assert!(!has(&passed, b"ghi chu"));
        let sound = WEBM.windows(4).position(|window| window == [0x1F, 0x43, 0xB6, 0x75]).unwrap();
        assert_eq!(passed[sound..WEBM.len()], WEBM[sound..], "the sound is where it was");
        assert_eq!(pass(Media::Voice, &passed).unwrap().bytes, passed);
    }

    assert_eq!(pass(Media::Voice, MP4).unwrap().content_type, "audio/mp4");
    let udta = boxed(b"udta", &boxed(b"\xa9xyz", b"ghi chu +25.0478+121.5170/"));
    let free = boxed(b"free", b"ghi chu");
    let moov = MP4.windows(4).position(|window| window == b"moov").unwrap() - 4;
    let end = moov + usize::try_from(u32::from_be_bytes(MP4[moov..moov + 4].try_into().unwrap())).unwrap();
    let longer = boxed(b"moov", &[&MP4[moov + 8..end], &udta].concat());
    let file = [&MP4[..moov], &longer, &MP4[end..], &free].concat();
    let passed = pass(Media::Voice, &file).unwrap().bytes;
    assert_eq!(passed.len(), file.len());
    assert!(has(&file, b"ghi chu") && !has(&passed, b"ghi chu") && !has(&passed, b"udta"));
    let sound = moov + longer.len()..file.len() - free.len();
    assert_eq!(passed[sound], MP4[end..], "the sound is where it was");
}

#[test]
fn a_recording_that_was_cut_off_is_heard_as_far_as_it_goes() {
    for cut in [WEBM.len() - 60, WEBM.len() - 30] {
        assert!(pass(Media::Voice, &WEBM[..cut]).is_ok());
    }
    // As recorders write it that do not come back to fill in lengths.
    let at = WEBM.windows(4).position(|window| window == [0x18, 0x53, 0x80, 0x67]).unwrap() + 4;
    let open = [&WEBM[..at], &[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], &WEBM[at + 8..]].concat();
    assert!(pass(Media::Voice, &open).is_ok());
}

#[test]
fn what_is_no_photo_and_no_voice_note_is_refused() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let html = b"<!doctype html><script>alert(1)</script>";
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let not_photos: [&[u8]; 9] =
        [b"", b"\xFF\xD8\xFF", svg, html, b"PK\x03\x04zip", b"GIF89a", b"%PDF-1.7", heic, MP4];
    for bytes in not_photos {
        assert!(refused(Media::Photo, bytes), "{}", String::from_utf8_lossy(bytes));
    }
    for bytes in [b"".as_slice(), svg, heic, JPEG, b"OggS", b"RIFF\x04\0\0\0WAVE", b"\x1A\x45\xDF\xA3"] {
        assert!(refused(Media::Voice, bytes), "{}", String::from_utf8_lossy(bytes));
    }
    for (media, from, to) in [(Media::Voice, &b"soun"[..], &b"vide"[..]), (Media::Voice, b"Opus", b"avc1")] {
        assert!(refused(media, &replaced(MP4, from, to)));
    }
    for (from, to) in
        [(&b"A_OPUS"[..], &b"V_VP80"[..]), (b"webm", b"mkv "), (b"\x83\x81\x02", b"\x83\x81\x01")]
    {
        assert!(refused(Media::Voice, &replaced(WEBM, from, to)));
    }
    assert!(refused(Media::Photo, &PNG[..PNG.len() - 12]));
    assert!(refused(Media::Photo, &replaced(PNG, b"IDAT", b"idat")));
    assert!(refused(Media::Photo, &replaced(LOSSY, b"VP8 ", b"ANMF")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever was done to a file, it is refused, or passes in a form that nothing more is taken from.
    #[test]
    fn broken_files_are_refused_or_pass_the_same_twice(
        which in 0..ALL.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (media, sample) = ALL[which];
        let mut bytes = sample.to_vec();
        for (place, byte) in changes {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        if let Ok(passed) = pass(media, &bytes) {
            prop_assert!(passed.bytes.len() <= bytes.len() + GROWS_AT_MOST);
            let again = pass(media, &passed.bytes).expect("it passes again");
            prop_assert_eq!(again.bytes, passed.bytes);
            prop_assert_eq!(again.taken, None);
        }
    }
}
