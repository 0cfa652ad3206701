//! A layer under the WebSocket for text frames that are too large or hold broken characters: an SOS with a megabyte of
//! nonsense in it still is an SOS, and the connection goes on.
//!
//! tungstenite ends the connection at such a frame. So one that is too large is read past without being kept, and swapped
//! for a small one: the first [`SALVAGE_BYTES`] of its payload behind [`OVERSIZED`]. In one of allowed size what is no
//! UTF-8 is swapped for U+FFFD.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sos_protocol::limits::{FRAME_BYTES_MAX, SALVAGE_BYTES};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a swapped frame begins with; no JSON does.
pub const OVERSIZED: &str = "\u{1}oversized\u{1}";

/// Longest header of a client's frame: 2 bytes, 8 of length, 4 of mask.
const HEADER_BYTES_MAX: usize = 14;

/// Where in the byte stream we are.
enum State {
    /// In a header.
    Header { bytes: [u8; HEADER_BYTES_MAX], have: usize },
    /// In the payload of a frame that passes.
    Pass { left: u64 },
    /// In the payload of a text frame that passes if it is text: at most [`FRAME_BYTES_MAX`] are kept.
    Text { header: Vec<u8>, left: usize, mask: [u8; 4], payload: Vec<u8> },
    /// In the payload of a frame that is swapped.
    Swap { left: u64, mask: [u8; 4], at: usize, kept: Vec<u8> },
}

const HEADER: State = State::Header { bytes: [0; HEADER_BYTES_MAX], have: 0 };

/// The layer.
pub struct FrameGuard<T> {
    inner: T,
    state: State,
    /// Ready to be read by tungstenite.
    out: Vec<u8>,
    out_at: usize,
}

impl<T> FrameGuard<T> {
    /// Over `inner`.
    pub const fn new(inner: T) -> Self {
        Self { inner, state: HEADER, out: Vec::new(), out_at: 0 }
    }

    /// Takes bytes from the wire.
    fn push(&mut self, mut input: &[u8]) {
        while !input.is_empty() {
            match &mut self.state {
                State::Header { bytes, have } => {
                    bytes[*have] = input[0];
                    *have += 1;
                    input = &input[1..];
                    let head = &bytes[..*have];
                    if let Some(header) = Header::read(head) {
                        let (state, passes) = header.next_state(head);
                        if passes {
                            self.out.extend_from_slice(head);
                        }
                        self.state = state;
                    }
                }
                State::Pass { left } => {
                    let n = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                    self.out.extend_from_slice(&input[..n]);
                    input = &input[n..];
                    *left -= n as u64;
                    if *left == 0 {
                        self.state = HEADER;
                    }
                }
                State::Text { header, left, mask, payload } => {
                    let n = (*left).min(input.len());
                    payload.extend_from_slice(&input[..n]);
                    input = &input[n..];
                    *left -= n;
                    if *left == 0 {
                        let (header, mask) = (std::mem::take(header), *mask);
                        let payload = std::mem::take(payload);
                        self.state = HEADER;
                        self.pass_text(&header, mask, &payload);
                    }
                }
                State::Swap { left, mask, at, kept } => {
                    let n = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                    for byte in input.iter().take(n.min(SALVAGE_BYTES.saturating_sub(kept.len()))) {
                        kept.push(byte ^ mask[*at % 4]);
                        *at += 1;
                    }
                    input = &input[n..];
                    *left -= n as u64;
                    if *left == 0 {
                        let kept = std::mem::take(kept);
                        self.state = HEADER;
                        self.swap_in(&kept);
                    }
                }
            }
        }
    }

    fn pass_text(&mut self, header: &[u8], mask: [u8; 4], payload: &[u8]) {
        let plain: Vec<u8> =
            payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        match String::from_utf8_lossy(&plain) {
            Cow::Borrowed(_) => {
                self.out.extend_from_slice(header);
                self.out.extend_from_slice(payload);
            }
            Cow::Owned(mended) if mended.len() <= FRAME_BYTES_MAX => self.write_text(&[&mended]),
            Cow::Owned(_) => self.swap_in(&plain[..plain.len().min(SALVAGE_BYTES)]),
        }
    }

    /// Writes the small text frame.
    fn swap_in(&mut self, kept: &[u8]) {
        // The cut may have split a character.
        let text = String::from_utf8_lossy(kept);
        let text = text.trim_end_matches('\u{fffd}');
        // U+FFFD has three bytes: a payload full of broken ones would come out too large once more.
        let end = (0..=text.len().min(SALVAGE_BYTES)).rev().find(|i| text.is_char_boundary(*i));
        self.write_text(&[OVERSIZED, &text[..end.unwrap_or(0)]]);
    }

    /// Writes a text frame, masked with zeros as a client's must be.
    fn write_text(&mut self, parts: &[&str]) {
        let length = u16::try_from(parts.iter().map(|part| part.len()).sum::<usize>()).unwrap_or(u16::MAX);
        self.out.extend_from_slice(&[0x81, 0x80 | 126]);
        self.out.extend_from_slice(&length.to_be_bytes());
        self.out.extend_from_slice(&[0; 4]);
        parts.iter().for_each(|part| self.out.extend_from_slice(part.as_bytes()));
    }
}

struct Header {
    /// A whole text frame of a client.
    text: bool,
    length: u64,
    mask: [u8; 4],
}

impl Header {
    /// Reads a header once it is complete. An unmasked one is passed on as it is: tungstenite refuses it.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (first, second) = (*bytes.first()?, *bytes.get(1)?);
        let extended = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let masked = second & 0x80 != 0;
        let total = 2 + extended + if masked { 4 } else { 0 };
        if bytes.len() < total {
            return None;
        }
        let length = match extended {
            0 => u64::from(second & 0x7f),
            n => bytes[2..2 + n].iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
        };
        let mask = if masked { bytes[total - 4..total].try_into().unwrap_or_default() } else { [0; 4] };
        Some(Self { text: masked && first & 0x8f == 0x81, length, mask })
    }

    /// (what follows, whether the header itself goes on now). Only a whole text frame is swapped; fragments and binary
    /// frames that are too large are left to tungstenite, which ends the connection.
    fn next_state(&self, header: &[u8]) -> (State, bool) {
        let mask = self.mask;
        match usize::try_from(self.length) {
            Ok(0) => (HEADER, true),
            _ if !self.text => (State::Pass { left: self.length }, true),
            Ok(left @ ..=FRAME_BYTES_MAX) => {
                (State::Text { header: header.to_vec(), left, mask, payload: vec![] }, false)
            }
            _ => {
                let kept = Vec::with_capacity(SALVAGE_BYTES);
                (State::Swap { left: self.length, mask, at: 0, kept }, false)
            }
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for FrameGuard<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.out_at < this.out.len() {
                let n = buf.remaining().min(this.out.len() - this.out_at);
                buf.put_slice(&this.out[this.out_at..this.out_at + n]);
                this.out_at += n;
                if this.out_at == this.out.len() {
                    this.out.clear();
                    this.out_at = 0;
                    // A swapped frame may have made it large; an idle socket keeps nothing.
                    this.out.shrink_to(0);
                }
                return Poll::Ready(Ok(()));
            }
            let mut wire = [0; 4 * 1024];
            let mut read = ReadBuf::new(&mut wire);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.push(read.filled());
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for FrameGuard<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let mut bytes = vec![first];
        match u16::try_from(payload.len()) {
            Ok(n) if n < 126 => bytes.push(0x80 | u8::try_from(n).unwrap()),
            Ok(n) => {
                bytes.push(0x80 | 126);
                bytes.extend(n.to_be_bytes());
            }
            Err(_) => {
                bytes.push(0x80 | 127);
                bytes.extend((payload.len() as u64).to_be_bytes());
            }
        }
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m));
        bytes
    }

    fn through(input: &[u8], step: usize) -> Vec<u8> {
        let mut guard = FrameGuard::new(());
        input.chunks(step).for_each(|chunk| guard.push(chunk));
        guard.out
    }

    #[test]
    fn frames_of_allowed_size_pass_untouched_in_any_slices() {
        let input = [frame(0x81, b"{}"), frame(0x89, b""), frame(0x81, &[b'a'; FRAME_BYTES_MAX])].concat();
        for step in [1, 3, 1_000, input.len()] {
            assert_eq!(through(&input, step), input);
        }
    }

    #[test]
    fn a_frame_that_is_too_large_becomes_a_small_one_and_the_next_frame_is_whole() {
        let next = frame(0x81, b"{\"type\":\"ping\"}");
        let long = [br#"{"type":"alert","#.as_slice(), &vec![b'a'; 1_000_000]].concat();
        for step in [7, 4_096] {
            let out = through(&[frame(0x81, &long), next.clone()].concat(), step);
            assert!(out.len() < SALVAGE_BYTES + 100 + next.len());
            assert!(out.ends_with(&next));
            let text = String::from_utf8_lossy(&out);
            assert!(text.contains(&format!("{OVERSIZED}{{\"type\":\"alert\"")), "{}", &text[..60]);
        }
    }

    #[test]
    fn what_is_no_utf8_is_swapped_and_the_next_frame_is_whole() {
        let next = frame(0x81, b"{}");
        let broken: Vec<u8> = [br#"{"text":"c"#.as_slice(), b"\xe1\xbb", br#"u"}"#].concat();
        for step in [1, 4_096] {
            let out = through(&[frame(0x81, &broken), next.clone()].concat(), step);
            assert!(out.ends_with(&next));
            assert!(String::from_utf8_lossy(&out).contains("{\"text\":\"c\u{fffd}u\"}"));
        }
        // Three bytes for each broken one: too large once more, so it is cut.
        let out = through(&frame(0x81, &[0xff; FRAME_BYTES_MAX]), 4_096);
        assert!(out.len() <= SALVAGE_BYTES + OVERSIZED.len() + HEADER_BYTES_MAX, "{}", out.len());
    }

    #[test]
    fn an_unmasked_frame_is_left_to_the_websocket() {
        let mut unmasked = vec![0x81, 127];
        unmasked.extend((FRAME_BYTES_MAX as u64 + 1).to_be_bytes());
        unmasked.extend([b'a'; FRAME_BYTES_MAX + 1]);
        assert_eq!(through(&unmasked, 4_096), unmasked);
    }

    #[test]
    fn bytes_that_are_no_utf8_do_not_make_the_small_frame_large_again() {
        let out = through(&frame(0x81, &b"a\xff".repeat(FRAME_BYTES_MAX)), 4_096);
        assert!(out.len() <= SALVAGE_BYTES + OVERSIZED.len() + HEADER_BYTES_MAX, "{}", out.len());
    }
}
