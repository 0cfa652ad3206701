//! The administration's ledger: what is hashed of a row. Its chain is that of the [`crate::ledger`].

use sha2::{Digest, Sha256};
use sos_protocol::{Seq, StaffId, UnixMs};

use crate::ledger::{Chain, Hash};

/// Goes into every hash, so that no row of the cases' ledger can stand in this one.
const DOMAIN: &[u8] = b"sos admin ledger 1";

/// A row, without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Place, from 1, without gaps.
    pub seq: Seq,
    /// When it was changed.
    pub at: UnixMs,
    /// The officer; none: at the command line.
    pub staff: Option<StaffId>,
    /// What was changed: `desk`, `number`, `staff`, `rota`, `policy`, `webhook`, `codes`, `holidays`, `texts`, `export`,
    /// `token`, `open_data`.
    pub kind: String,
    /// Which of them.
    pub subject: String,
    /// What it is since, JSON, byte for byte as it is kept.
    pub facts: String,
}

/// The hash of `row` after `prev`. Every field goes in with its length, so that no two rows read the same.
#[must_use]
pub fn hash(prev: &Hash, row: &Row) -> Hash {
    let mut sha = Sha256::new();
    sha.update(DOMAIN);
    sha.update(prev);
    sha.update(row.seq.0.to_be_bytes());
    sha.update(row.at.0.to_be_bytes());
    sha.update([u8::from(row.staff.is_some())]);
    sha.update(row.staff.map(|staff| staff.0).unwrap_or_default().as_bytes());
    for text in [&row.kind, &row.subject, &row.facts] {
        sha.update((text.len() as u64).to_be_bytes());
        sha.update(text);
    }
    sha.finalize().into()
}

/// Goes on with a stored row.
///
/// # Errors
/// As [`Chain::follow`].
pub fn follow(chain: &mut Chain, row: &Row, stored: &[u8]) -> Result<(), Seq> {
    chain.step(row.seq, stored, |prev| hash(prev, row))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ledger::GENESIS;

    fn row(seq: i64) -> Row {
        Row {
            seq: Seq(seq),
            at: UnixMs(5),
            staff: Some(StaffId(Uuid::nil())),
            kind: "desk".into(),
            subject: "tw-taipei".into(),
            facts: "{}".into(),
        }
    }

    /// Rows with their hashes, and the head.
    fn kept(count: i64) -> (Vec<(Row, Hash)>, (Seq, Hash)) {
        let mut prev = GENESIS;
        let rows: Vec<(Row, Hash)> = (1..=count)
            .map(|seq| {
                prev = hash(&prev, &row(seq));
                (row(seq), prev)
            })
            .collect();
        (rows, (Seq(count), prev))
    }

    fn verify((rows, head): &(Vec<(Row, Hash)>, (Seq, Hash))) -> Result<(), Seq> {
        let mut chain = Chain::START;
        rows.iter().try_for_each(|(row, stored)| follow(&mut chain, row, stored))?;
        chain.ends_at(head.0, &head.1)
    }

    #[test]
    fn the_hash_changes_with_every_field_and_with_the_row_before() {
        let base = hash(&GENESIS, &row(1));
        let changed = [
            row(2),
            Row { at: UnixMs(6), ..row(1) },
            Row { staff: None, ..row(1) },
            Row { staff: Some(StaffId(Uuid::max())), ..row(1) },
            Row { kind: "desktw".into(), subject: "-taipei".into(), ..row(1) },
            Row { subject: "tw-taipei{".into(), facts: "}".into(), ..row(1) },
            Row { facts: "{ }".into(), ..row(1) },
        ];
        for other in &changed {
            assert_ne!(hash(&GENESIS, other), base, "{other:?}");
        }
        assert_ne!(hash(&base, &row(1)), base);
    }

    #[test]
    fn what_was_changed_dropped_or_put_in_is_found_and_named() {
        assert_eq!(verify(&kept(4)), Ok(()));
        let mut changed = kept(4);
        changed.0[1].0.facts = "{\"x\":1}".into();
        assert_eq!(verify(&changed), Err(Seq(2)));
        // Its own hash made to fit: the next one does not.
        changed.0[1].1 = hash(&changed.0[0].1, &changed.0[1].0);
        assert_eq!(verify(&changed), Err(Seq(3)));
        let mut dropped = kept(4);
        dropped.0.remove(2);
        assert_eq!(verify(&dropped), Err(Seq(3)));
        let mut cut = kept(4);
        cut.0.pop();
        assert_eq!(verify(&cut), Err(Seq(4)));
        let mut more = kept(4);
        more.1 = kept(3).1;
        assert_eq!(verify(&more), Err(Seq(4)));
    }
}
