//! The layer under the WebSocket that swaps frames that are too large.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use sos_protocol::limits::{FRAME_BYTES_MAX, SALVAGE_BYTES};
use sos_server::ws::guard::{FrameGuard, OVERSIZED};
use tokio::io::{AsyncRead, ReadBuf};

/// Longest payload that a described frame is given.
const PAYLOAD_BYTES_MAX: usize = 3 * FRAME_BYTES_MAX;
/// Frames of one description.
const FRAMES_MAX: usize = 4;
/// Longest byte stream that is read byte by byte.
const BYTEWISE_BYTES_MAX: usize = 2_048;
/// Fewest bytes at a time of a longer one.
const LEAST_OF_LONG: usize = 211;

/// The first byte says how the rest is cut into reads, and whether it is the byte stream itself (even) or describes
/// whole frames: first byte of the frame, two bytes of length, then the length of a pattern and the pattern that
/// fills the payload.
///
/// # Panics
/// Where the slicing shows in what comes through, much more comes through than went in, text of allowed size is touched, or
/// a swapped frame is more than a WebSocket takes.
pub fn frame_guard(data: &[u8]) {
    let Some((&mode, rest)) = data.split_first() else { return };
    let frames = if mode % 2 == 0 { vec![] } else { described(rest) };
    let wire = if mode % 2 == 0 { rest.to_vec() } else { frames.iter().flat_map(Frame::bytes).collect() };

    let out = through(&wire, wire.len().max(1), 64 * 1024);
    // A broken byte becomes a character of three.
    assert!(out.len() <= 3 * wire.len(), "{} bytes became {}", wire.len(), out.len());
    // Byte by byte only what is short: each read of the layer has a buffer of its own.
    let least = if wire.len() <= BYTEWISE_BYTES_MAX { 1 } else { LEAST_OF_LONG };
    for (slice, read) in
        [(least, least), (usize::from(mode / 2) + least, 100), (1_500, usize::from(mode) + least)]
    {
        assert!(through(&wire, slice, read) == out, "in slices of {slice}, read by {read}");
    }
    if mode % 2 == 1 {
        frames_come_through(&frames, &out);
    }
}

/// What becomes of a frame.
enum Comes {
    Untouched,
    Mended(String),
    Cut,
}

struct Frame {
    first: u8,
    payload: Vec<u8>,
}

impl Frame {
    fn comes_as(&self) -> Comes {
        if self.first & 0x8f != 0x81 {
            return Comes::Untouched;
        }
        match String::from_utf8_lossy(&self.payload) {
            _ if self.payload.len() > FRAME_BYTES_MAX => Comes::Cut,
            Cow::Borrowed(_) => Comes::Untouched,
            Cow::Owned(mended) if mended.len() <= FRAME_BYTES_MAX => Comes::Mended(mended),
            Cow::Owned(_) => Comes::Cut,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mask = [7, 0, 255, 32];
        let mut bytes = vec![self.first];
        match (u8::try_from(self.payload.len()), u16::try_from(self.payload.len())) {
            (Ok(n @ 0..126), _) => bytes.push(0x80 | n),
            (_, Ok(n)) => {
                bytes.push(0x80 | 126);
                bytes.extend(n.to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                bytes.extend((self.payload.len() as u64).to_be_bytes());
            }
        }
        bytes.extend(mask);
        bytes.extend(self.payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m));
        bytes
    }
}

fn described(mut rest: &[u8]) -> Vec<Frame> {
    let mut frames = vec![];
    while let [first, high, low, pattern, tail @ ..] = rest
        && frames.len() < FRAMES_MAX
    {
        let (pattern, after) = tail.split_at(usize::from(*pattern).min(tail.len()));
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(PAYLOAD_BYTES_MAX);
        let pattern = if pattern.is_empty() { b"a".as_slice() } else { pattern };
        let payload = pattern.iter().copied().cycle().take(length).collect();
        frames.push(Frame { first: *first, payload });
        rest = after;
    }
    frames
}

/// What the WebSocket reads when the wire gives `slice` bytes at a time and it asks for `read` at a time.
fn through(wire: &[u8], slice: usize, read: usize) -> Vec<u8> {
    let mut guard = FrameGuard::new(Slices { wire, slice });
    let mut cx = Context::from_waker(Waker::noop());
    let (mut out, mut buffer) = (vec![], vec![0; read]);
    loop {
        let mut buffer = ReadBuf::new(&mut buffer);
        match Pin::new(&mut guard).poll_read(&mut cx, &mut buffer) {
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => return out,
            Poll::Ready(Ok(())) => out.extend_from_slice(buffer.filled()),
            other => panic!("{other:?}"),
        }
    }
}

struct Slices<'a> {
    wire: &'a [u8],
    slice: usize,
}

impl AsyncRead for Slices<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let n = self.slice.min(buf.remaining()).min(self.wire.len());
        let (now, later) = self.wire.split_at(n);
        buf.put_slice(now);
        self.wire = later;
        Poll::Ready(Ok(()))
    }
}

/// Frame by frame: untouched, or a whole text frame of what could be kept.
fn frames_come_through(frames: &[Frame], mut out: &[u8]) {
    for frame in frames {
        let comes = frame.comes_as();
        if matches!(comes, Comes::Untouched) {
            let whole = frame.bytes();
            out =
                out.strip_prefix(whole.as_slice()).expect("a frame of allowed size comes through untouched");
            continue;
        }
        let [0x81, 0xfe, high, low, 0, 0, 0, 0, rest @ ..] = out else { panic!("no whole text frame") };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        assert!(length <= FRAME_BYTES_MAX, "{length} bytes are too large again");
        let (payload, rest) = rest.split_at(length);
        out = rest;
        let text = std::str::from_utf8(payload).expect("text frames are UTF-8");
        if let Comes::Mended(mended) = comes {
            assert_eq!(text, mended);
            continue;
        }
        let kept = text.strip_prefix(OVERSIZED).expect("marked as swapped");
        let given = String::from_utf8_lossy(&frame.payload[..SALVAGE_BYTES.min(frame.payload.len())]);
        assert!(given.starts_with(kept), "not what was sent");
        let room = given.trim_end_matches('\u{fffd}').len().min(SALVAGE_BYTES);
        assert!(kept.len() + 3 >= room, "{} of {room} bytes were kept", kept.len());
    }
    assert!(out.is_empty(), "{} bytes from nowhere", out.len());
}
