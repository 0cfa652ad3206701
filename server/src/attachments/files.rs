//! The files: sealed with the key of the case's subject, so that erasing the key erases them.
//!
//! `xx/ID.parts` while it arrives: records of four bytes of length and a sealed part, each tied to its place. Then
//! `xx/ID.original`, what the phone sent, and `xx/ID.passed-on`, the same without metadata. xx are the last digits of the
//! id, which are random.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use sos_core::media;
use sos_protocol::AttachmentId;
use sos_protocol::case::{Media, Taken};

use crate::auth::seal::{Sealer, SubjectKey};
use crate::auth::secret::hex;
use crate::store::attachments::AttachmentRecord;

/// Bytes that say how long a record is.
const LENGTH_BYTES: usize = 4;

const PARTS: &str = "parts";
const ORIGINAL: &str = "original";
const PASSED_ON: &str = "passed-on";

/// What came of looking at a file that has arrived.
#[derive(Debug)]
pub enum Checked {
    /// It is what it was said to be, and its files are in place.
    Good {
        /// Media type, by the content.
        content_type: &'static str,
        /// What a photo said about itself.
        taken: Option<Taken>,
    },
    /// It is not; with the reason.
    Refused(&'static str),
    /// Its parts are not all there any more.
    Lost,
}

/// A folder of attachments.
pub struct Files {
    folder: PathBuf,
    sealer: Sealer,
}

impl Files {
    /// In `folder`, which is made when it is first needed.
    #[must_use]
    pub fn new(folder: PathBuf, sealer: Sealer) -> Self {
        Self { folder, sealer }
    }

    /// Makes the folder, for its owner only.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make_folder(&self) -> io::Result<()> {
        make_folder(&self.folder)
    }

    /// Puts a part behind the first `stored` bytes of the file, and gives its length then. When this returns, the part
    /// is on disk. None if the file is shorter than that.
    ///
    /// # Errors
    /// When the disk does not do it; what is in the file up to `stored` is as it was.
    pub fn append(
        &self,
        id: AttachmentId,
        key: &SubjectKey,
        stored: u32,
        offset: u32,
        part: &[u8],
    ) -> io::Result<Option<u32>> {
        let path = self.path(id, PARTS);
        let folder = path.parent().unwrap_or(&self.folder);
        make_folder(folder)?;
        let mut file = private().read(true).create(true).truncate(false).open(&path)?;
        file.try_lock()?;
        if file.metadata()?.len() < u64::from(stored) {
            return Ok(None);
        }
        // What a crash left behind was never answered.
        file.set_len(u64::from(stored))?;
        file.seek(SeekFrom::Start(u64::from(stored)))?;
        let sealed = self.sealer.seal(key, &context(PARTS, id, offset), part);
        let length = u32::try_from(sealed.len()).map_err(io::Error::other)?;
        file.write_all(&[&length.to_be_bytes(), sealed.as_slice()].concat())?;
        file.sync_data()?;
        if stored == 0 {
            sync_folder(folder)?;
            sync_folder(&self.folder)?;
        }
        Ok(Some(stored + length + u32::try_from(LENGTH_BYTES).unwrap_or(0)))
    }

    /// Looks at a file whose parts are all there, and puts in place what is kept of it. Doing it again is safe.
    ///
    /// # Errors
    /// When the disk does not do it; the parts are as they were.
    pub fn check(&self, record: &AttachmentRecord, key: &SubjectKey) -> io::Result<Checked> {
        let id = record.attachment_id;
        let file = match File::open(self.path(id, PARTS)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Checked::Lost),
            Err(error) => return Err(error),
        };
        // Held until the end: of two who look at it at once the other comes again.
        file.try_lock()?;
        let mut sealed = vec![];
        (&file).take(u64::from(record.stored_bytes)).read_to_end(&mut sealed)?;
        let Some(bytes) = joined(id, key, &sealed, record.bytes) else { return Ok(Checked::Lost) };
        drop(sealed);
        if hex(&Sha256::digest(&bytes)) != record.sha256 {
            return Ok(Checked::Refused("its SHA-256 is another one"));
        }
        match media::pass(record.media, &bytes) {
            Ok(passed) => {
                self.put(id, ORIGINAL, key, &bytes)?;
                self.put(id, PASSED_ON, key, &passed.bytes)?;
                Ok(Checked::Good { content_type: passed.content_type, taken: passed.taken })
            }
            Err(media::NotTaken(why)) => Ok(Checked::Refused(why)),
        }
    }

    /// What a photo that was checked before said about itself.
    ///
    /// # Errors
    /// When the disk does not give it.
    pub fn taken(&self, id: AttachmentId, media: Media, key: &SubjectKey) -> io::Result<Option<Taken>> {
        let original = self.get(id, ORIGINAL, key)?;
        Ok(original.and_then(|bytes| media::pass(media, &bytes).ok()).and_then(|passed| passed.taken))
    }

    /// What officers are shown; none if it does not open with this key.
    ///
    /// # Errors
    /// When the disk does not give it.
    pub fn passed_on(&self, id: AttachmentId, key: &SubjectKey) -> io::Result<Option<Vec<u8>>> {
        self.get(id, PASSED_ON, key)
    }

    /// Removes the parts, and where it is not `whole` everything else too.
    ///
    /// # Errors
    /// When the disk does not do it.
    pub fn clear(&self, id: AttachmentId, whole: bool) -> io::Result<()> {
        remove(&self.path(id, PARTS))?;
        for what in [ORIGINAL, PASSED_ON] {
            if !whole {
                remove(&self.path(id, what))?;
            }
            remove(&self.new_path(id, what))?;
        }
        Ok(())
    }

    fn put(&self, id: AttachmentId, what: &str, key: &SubjectKey, bytes: &[u8]) -> io::Result<()> {
        let (path, new) = (self.path(id, what), self.new_path(id, what));
        let mut file = private().create(true).truncate(true).open(&new)?;
        file.write_all(&self.sealer.seal(key, &context(what, id, 0), bytes))?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        sync_folder(path.parent().unwrap_or(&self.folder))
    }

    fn get(&self, id: AttachmentId, what: &str, key: &SubjectKey) -> io::Result<Option<Vec<u8>>> {
        let sealed = fs::read(self.path(id, what))?;
        Ok(Sealer::open(key, &context(what, id, 0), &sealed))
    }

    /// Of a file that is being written.
    fn new_path(&self, id: AttachmentId, what: &str) -> PathBuf {
        self.path(id, &format!("{what}.new"))
    }

    fn path(&self, id: AttachmentId, what: &str) -> PathBuf {
        let shelf = id.0.as_bytes().last().copied().unwrap_or_default();
        self.folder.join(format!("{shelf:02x}")).join(format!("{id}.{what}"))
    }
}

/// The parts one behind the other; none if they are not all there, or do not open.
fn joined(id: AttachmentId, key: &SubjectKey, mut sealed: &[u8], bytes: u32) -> Option<Vec<u8>> {
    let mut all = Vec::with_capacity(usize::try_from(bytes).ok()?);
    while let Some((length, rest)) = sealed.split_first_chunk::<LENGTH_BYTES>() {
        let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        let offset = u32::try_from(all.len()).ok()?;
        all.extend(Sealer::open(key, &context(PARTS, id, offset), part)?);
        sealed = rest;
    }
    (sealed.is_empty() && u32::try_from(all.len()).ok()? == bytes).then_some(all)
}

/// Ties what is sealed to its place.
fn context(what: &str, id: AttachmentId, offset: u32) -> Vec<u8> {
    [b"attachment ", what.as_bytes(), id.0.as_bytes(), &offset.to_be_bytes()].concat()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
