//! A Merkle tree over the ledger's rows in the shape of RFC 9162 (Certificate Transparency), section 2.1.
//!
//! A leaf is SHA-256(0x00 || entry), what is above two others SHA-256(0x01 || left || right); the left side of a tree over n
//! leaves is the largest complete tree with fewer than n. A short proof tells of one leaf that it is in a tree, or of one
//! tree that it is the beginning of a larger one, to somebody who knows nothing but the roots.
//!
//! Every part of such a tree is made of complete subtrees ([`Node`]), whose hashes never change as it grows: who keeps them
//! makes any proof from a few of them.

mod frontier;
mod proof;

use std::ops::Range;

use sha2::{Digest, Sha256};

pub use self::frontier::Frontier;
pub use self::proof::{
    Divergence, consistency_parts, inclusion_parts, leads_from, root_of_inclusion, verify_consistency,
};
pub use crate::ledger::Hash;

/// The root of a tree without leaves, SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The hash of a leaf.
#[must_use]
pub fn leaf(entry: &[u8]) -> Hash {
    let mut sha = Sha256::new();
    sha.update([0x00]);
    sha.update(entry);
    sha.finalize().into()
}

/// The hash above two others.
#[must_use]
pub fn above(left: &Hash, right: &Hash) -> Hash {
    let mut sha = Sha256::new();
    sha.update([0x01]);
    sha.update(left);
    sha.update(right);
    sha.finalize().into()
}

/// A complete subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// It has 2^level leaves.
    pub level: u8,
    /// How many subtrees of this level are left of it.
    pub place: u64,
}

impl Node {
    /// The leaves under it.
    #[must_use]
    pub const fn leaves(self) -> Range<u64> {
        self.place << self.level..(self.place + 1) << self.level
    }
}

/// The complete subtrees that the part of a tree over these leaves is made of, from the left. The part begins at a multiple
/// of the largest power of two that is in its length, as every part that proofs are made of does.
#[must_use]
pub fn complete(leaves: Range<u64>) -> Vec<Node> {
    let (mut at, mut nodes) = (leaves.start, vec![]);
    while at < leaves.end {
        let level = (leaves.end - at).ilog2();
        nodes.push(Node { level: u8::try_from(level).unwrap_or(u8::MAX), place: at >> level });
        at += 1 << level;
    }
    nodes
}

/// The hash of a part of a tree, from those of its complete subtrees, from the left.
#[must_use]
pub fn join(complete: &[Hash]) -> Hash {
    let mut from_right = complete.iter().rev().copied();
    match from_right.next() {
        Some(last) => from_right.fold(last, |right, left| above(&left, &right)),
        None => empty_root(),
    }
}

/// The hash of a tree over these leaves.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.push(*leaf, |_, _| ()));
    frontier.root()
}

#[cfg(test)]
mod tests;
