//! The right edge of a tree that grows.

use super::{Hash, Node, above, complete, join};

/// What it takes to go on with a tree: the hashes of the complete subtrees that it is made of, at most 64. A new leaf costs
/// two hashes on average, however large the tree is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    complete: Vec<Hash>,
}

impl Frontier {
    /// Of a tree over `size` leaves with these [complete subtrees](super::complete()); none, if it has another number of them.
    #[must_use]
    pub fn of(size: u64, complete_hashes: Vec<Hash>) -> Option<Self> {
        (complete(0..size).len() == complete_hashes.len()).then_some(Self { size, complete: complete_hashes })
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, and tells every subtree that is complete with it, the leaf first.
    pub fn push(&mut self, leaf: Hash, mut told: impl FnMut(Node, &Hash)) {
        let mut node = Node { level: 0, place: self.size };
        let mut hash = leaf;
        told(node, &hash);
        // As many subtrees are joined as the size so far has ones at its end.
        while node.place % 2 == 1 {
            let Some(left) = self.complete.pop() else { break };
            hash = above(&left, &hash);
            node = Node { level: node.level + 1, place: node.place / 2 };
            told(node, &hash);
        }
        self.complete.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        join(&self.complete)
    }
}
