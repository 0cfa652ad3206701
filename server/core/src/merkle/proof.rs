//! Proofs: which parts of a tree they are made of, and their checking as in RFC 9162, sections 2.1.3 and 2.1.4.

use std::ops::Range;

use super::{Hash, above};

/// How many leaves are on the left side of a tree over `size`, which are two or more.
const fn left_of(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The parts whose hashes prove that a leaf is in a tree over `size`, from the leaf up. None for a leaf that is not.
#[must_use]
pub fn inclusion_parts(leaf: u64, size: u64) -> Vec<Range<u64>> {
    let (mut tree, mut parts) = (0..size, vec![]);
    while tree.contains(&leaf) && tree.end - tree.start > 1 {
        let middle = tree.start + left_of(tree.end - tree.start);
        let (own, other) = if leaf < middle {
            (tree.start..middle, middle..tree.end)
        } else {
            (middle..tree.end, tree.start..middle)
        };
        parts.push(other);
        tree = own;
    }
    parts.reverse();
    parts
}

/// The parts whose hashes prove that a tree over `new` leaves begins with the one over the first `old`, from the smallest
/// up. None, where there is nothing to prove: `old` is 0, as large, or larger.
#[must_use]
pub fn consistency_parts(old: u64, new: u64) -> Vec<Range<u64>> {
    let (mut tree, mut parts) = (0..new, vec![]);
    if old == 0 || old >= new {
        return parts;
    }
    while old != tree.end {
        let middle = tree.start + left_of(tree.end - tree.start);
        if old <= middle {
            parts.push(middle..tree.end);
            tree = tree.start..middle;
        } else {
            parts.push(tree.start..middle);
            tree = middle..tree.end;
        }
    }
    // The old tree itself is known to whoever checks.
    if tree.start > 0 {
        parts.push(tree);
    }
    parts.reverse();
    parts
}

/// The root that a proof leads to from a leaf at `place`; none, if it has another length than one in a tree over `size`.
#[must_use]
pub fn root_of_inclusion(place: u64, size: u64, leaf: Hash, proof: &[Hash]) -> Option<Hash> {
    if place >= size {
        return None;
    }
    let (mut place, mut last, mut hash) = (place, size - 1, leaf);
    for other in proof {
        if last == 0 {
            return None;
        }
        if place % 2 == 1 || place == last {
            hash = above(other, &hash);
            // At the right edge there are levels at which nothing is beside it.
            while place.is_multiple_of(2) && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            hash = above(&hash, other);
        }
        (place, last) = (place / 2, last / 2);
    }
    (last == 0).then_some(hash)
}

/// Whether a proof leads from a leaf at `place` to the `root` of a tree over `size`.
#[must_use]
pub fn leads_from(place: u64, size: u64, leaf: Hash, proof: &[Hash], root: &Hash) -> bool {
    root_of_inclusion(place, size, leaf, proof).as_ref() == Some(root)
}

/// Why a tree is not shown to be the beginning of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divergence {
    /// The old tree is larger than the new one, or it has no leaves, of which there is no proof.
    Sizes,
    /// The proof has too few hashes or too many.
    Length,
    /// The proof does not lead to the root of the old tree.
    Old,
    /// The proof leads to the root of the old tree, but not to that of the new one.
    New,
}

/// Checks that the tree over `new` leaves begins with the one over `old`.
///
/// # Errors
/// What does not fit.
pub fn verify_consistency(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), Divergence> {
    if old == 0 || old > new {
        return Err(Divergence::Sizes);
    }
    if old == new {
        return match (proof.is_empty(), old_root == new_root) {
            (false, _) => Err(Divergence::Length),
            (true, false) => Err(Divergence::New),
            (true, true) => Ok(()),
        };
    }
    // Where the old tree is complete, it stands in the new one as it is.
    let mut rest = proof.iter();
    let begin = if old.is_power_of_two() { Some(old_root) } else { rest.next() };
    let begin = *begin.ok_or(Divergence::Length)?;
    let (mut place, mut last) = (old - 1, new - 1);
    while place % 2 == 1 {
        (place, last) = (place / 2, last / 2);
    }
    let (mut to_old, mut to_new) = (begin, begin);
    for other in rest {
        if last == 0 {
            return Err(Divergence::Length);
        }
        if place % 2 == 1 || place == last {
            to_old = above(other, &to_old);
            to_new = above(other, &to_new);
            while place.is_multiple_of(2) && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            to_new = above(&to_new, other);
        }
        (place, last) = (place / 2, last / 2);
    }
    match (last == 0, to_old == *old_root, to_new == *new_root) {
        (false, _, _) => Err(Divergence::Length),
        (true, false, _) => Err(Divergence::Old),
        (true, true, false) => Err(Divergence::New),
        (true, true, true) => Ok(()),
    }
}
