//! From whoever writes a file to the parts that are kept of it.

use std::io;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

/// Size of every part but the last.
pub(crate) const PART_BYTES: usize = 1024 * 1024;
/// Parts that wait to be kept: whoever writes waits then.
const WAITING_MAX: usize = 2;

/// A way for parts from a thread that may wait to a task that keeps them.
pub(super) fn way() -> (Parts, mpsc::Receiver<Vec<u8>>) {
    let (parts, kept) = mpsc::channel(WAITING_MAX);
    (Parts { parts, part: Vec::with_capacity(PART_BYTES), sha: Sha256::new(), bytes: 0 }, kept)
}

/// What was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) sha256: [u8; 32],
    pub(super) bytes: u64,
}

/// A file that is written; not to be used where a thread must not wait.
pub(super) struct Parts {
    parts: mpsc::Sender<Vec<u8>>,
    part: Vec<u8>,
    sha: Sha256,
    bytes: u64,
}

impl Parts {
    /// Hands on what is left.
    pub(super) fn end(mut self) -> io::Result<Written> {
        if !self.part.is_empty() {
            self.hand_on()?;
        }
        Ok(Written { sha256: self.sha.finalize().into(), bytes: self.bytes })
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART_BYTES));
        self.sha.update(&part);
        self.parts.blocking_send(part).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl io::Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(PART_BYTES - self.part.len())];
        self.part.extend_from_slice(bytes);
        self.bytes += bytes.len() as u64;
        if self.part.len() == PART_BYTES {
            self.hand_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn every_part_but_the_last_is_full_and_together_they_are_what_was_written() {
        let (mut parts, mut kept) = way();
        let whole: Vec<u8> = (0..2 * PART_BYTES + 5).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let wanted = whole.clone();
        let writer = std::thread::spawn(move || {
            whole.chunks(70_001).try_for_each(|chunk| parts.write_all(chunk)).unwrap();
            parts.end().unwrap()
        });
        let mut read = vec![];
        while let Some(part) = kept.blocking_recv() {
            read.push(part);
        }
        let written = writer.join().unwrap();
        let lengths: Vec<usize> = read.iter().map(Vec::len).collect();
        assert_eq!(lengths, [PART_BYTES, PART_BYTES, 5]);
        assert_eq!(read.concat(), wanted);
        assert_eq!(written.bytes, wanted.len() as u64);
        assert_eq!(written.sha256.as_slice(), Sha256::digest(&wanted).as_slice());
    }

    #[test]
    fn whoever_writes_hears_that_nobody_keeps_it() {
        let (mut parts, kept) = way();
        drop(kept);
        let error = parts.write_all(&vec![0; PART_BYTES]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
