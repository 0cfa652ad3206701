//! Who is shown pseudonyms in the place of workers' names, and which.

use sos_core::access::Officer;
use sos_core::pseudonym::{Mask, sees_names};
use uuid::Uuid;

use crate::auth::secret::{Secret, mac};

/// Makes the pseudonyms of one reader, or of one export.
#[derive(Clone)]
pub struct Pseudonyms([u8; 32]);

impl Pseudonyms {
    /// From the service's secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self(secret.key("pseudonyms"))
    }

    /// What `officer` reads on the screen; none: names. The same each time, so that a worker is known again; another
    /// officer reads others.
    #[must_use]
    pub fn for_reader(&self, officer: &Officer) -> Option<Mask> {
        self.of(officer, b"reader", officer.id.0)
    }

    /// What stands in one file that `officer` takes away; none: names. In no other file there are the same.
    #[must_use]
    pub fn for_export(&self, officer: &Officer, export: Uuid) -> Option<Mask> {
        self.of(officer, b"export", export)
    }

    fn of(&self, officer: &Officer, what: &[u8], id: Uuid) -> Option<Mask> {
        let key = || mac(&self.0, &[what, id.as_bytes()].concat());
        (!sees_names(officer)).then(|| Mask::new(key()))
    }
}
