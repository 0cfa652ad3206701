use std::collections::HashMap;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// Sizes that are gone through one by one: past two levels above 32 and one past a power of two.
const SIZES_MAX: u64 = 130;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The entries of the reference tests of Certificate Transparency.
fn reference() -> Vec<Vec<u8>> {
    vec![
        vec![],
        vec![0x00],
        vec![0x10],
        vec![0x20, 0x21],
        vec![0x30, 0x31],
        vec![0x40, 0x41, 0x42, 0x43],
        (0x50..=0x57).collect(),
        (0x60..=0x6f).collect(),
    ]
}

/// The definition of the RFC, word for word.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        many => {
            let mut left = 1;
            while left * 2 < many.len() {
                left *= 2;
            }
            above(&defined(&many[..left]), &defined(&many[left..]))
        }
    }
}

/// Leaves, with every complete subtree over them.
struct Grown {
    leaves: Vec<Hash>,
    nodes: HashMap<Node, Hash>,
}

impl Grown {
    fn to(size: u64) -> Self {
        let leaves: Vec<Hash> = (0..size).map(|n| leaf(&n.to_be_bytes())).collect();
        let (mut frontier, mut nodes) = (Frontier::default(), HashMap::new());
        for leaf in &leaves {
            frontier.push(*leaf, |node, hash| assert_eq!(nodes.insert(node, *hash), None));
        }
        assert_eq!(frontier.size(), size);
        Self { leaves, nodes }
    }

    /// The tree over the first `size`.
    fn root(&self, size: u64) -> Hash {
        self.hash(0..size)
    }

    fn hash(&self, part: Range<u64>) -> Hash {
        join(&complete(part).iter().map(|node| self.nodes[node]).collect::<Vec<_>>())
    }

    fn inclusion(&self, leaf: u64, size: u64) -> Vec<Hash> {
        inclusion_parts(leaf, size).into_iter().map(|part| self.hash(part)).collect()
    }

    fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        consistency_parts(old, new).into_iter().map(|part| self.hash(part)).collect()
    }
}

fn at(n: u64) -> usize {
    usize::try_from(n).unwrap()
}

#[test]
fn roots_are_those_of_the_reference_tests() {
    let leaves: Vec<Hash> = reference().iter().map(|entry| leaf(entry)).collect();
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (size, wanted) in roots.iter().enumerate() {
        assert_eq!(hex(&root(&leaves[..size])), *wanted, "{size}");
    }
}

#[test]
fn proofs_are_those_of_the_reference_tests() {
    let leaves: Vec<Hash> = reference().iter().map(|entry| leaf(entry)).collect();
    let proof = |parts: Vec<Range<u64>>| -> Vec<String> {
        parts.into_iter().map(|part| hex(&root(&leaves[at(part.start)..at(part.end)]))).collect()
    };
    let inclusion: [(u64, u64, &[&str]); 4] = [
        (0, 1, &[]),
        (
            0,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            &[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ];
    for (leaf, size, wanted) in inclusion {
        assert_eq!(proof(inclusion_parts(leaf, size)), wanted, "{leaf} in {size}");
    }
    let consistency: [(u64, u64, &[&str]); 4] = [
        (1, 1, &[]),
        (
            1,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            &[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            &[
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (old, new, wanted) in consistency {
        assert_eq!(proof(consistency_parts(old, new)), wanted, "{old} to {new}");
    }
}

#[test]
fn a_tree_that_grew_is_the_one_that_the_rfc_defines_and_goes_on_from_its_edge() {
    let grown = Grown::to(SIZES_MAX);
    let mut frontier = Frontier::default();
    for size in 0..=SIZES_MAX {
        let wanted = defined(&grown.leaves[..at(size)]);
        assert_eq!((frontier.root(), grown.root(size)), (wanted, wanted), "{size}");
        let edge = complete(0..size).iter().map(|node| grown.nodes[node]).collect::<Vec<_>>();
        assert_eq!(Frontier::of(size, edge.clone()), Some(frontier.clone()), "{size}");
        assert_eq!(Frontier::of(size, [edge, vec![[0; 32]]].concat()), None, "{size}");
        if size < SIZES_MAX {
            frontier.push(grown.leaves[at(size)], |_, _| ());
        }
    }
}

#[test]
fn every_leaf_of_every_tree_is_proved_at_its_place_and_at_no_other() {
    let grown = Grown::to(SIZES_MAX);
    for size in 1..=SIZES_MAX {
        let root = grown.root(size);
        for place in 0..size {
            let (leaf, proof) = (grown.leaves[at(place)], grown.inclusion(place, size));
            assert!(leads_from(place, size, leaf, &proof, &root), "{place} in {size}");
            let other = (place + 1) % size;
            assert!(size == 1 || !leads_from(other, size, leaf, &proof, &root), "{place} in {size}");
            assert!(!leads_from(place, size, leaf, &[proof, vec![root]].concat(), &root));
        }
        assert_eq!(root_of_inclusion(size, size, grown.leaves[0], &[]), None);
        assert!(inclusion_parts(size, size).is_empty());
    }
}

#[test]
fn every_tree_is_proved_to_be_the_beginning_of_every_larger_one() {
    let grown = Grown::to(SIZES_MAX);
    for new in 1..=SIZES_MAX {
        let new_root = grown.root(new);
        for old in 1..=new {
            let (old_root, proof) = (grown.root(old), grown.consistency(old, new));
            let verify = |proof: &[Hash]| verify_consistency((old, &old_root), (new, &new_root), proof);
            assert_eq!(verify(&proof), Ok(()), "{old} to {new}");
            assert_eq!(verify(&[proof.clone(), vec![new_root]].concat()), Err(Divergence::Length));
            if let Some((_, less)) = proof.split_last() {
                assert!(verify(less).is_err(), "{old} to {new}");
            }
        }
        let backwards = verify_consistency((new + 1, &new_root), (new, &new_root), &[]);
        assert_eq!(backwards, Err(Divergence::Sizes));
        assert_eq!(verify_consistency((0, &empty_root()), (new, &new_root), &[]), Err(Divergence::Sizes));
    }
}

fn flip(hash: &Hash, bit: usize) -> Hash {
    let mut other = *hash;
    other[bit / 8] ^= 1 << (bit % 8);
    other
}

proptest! {
    #[test]
    fn a_changed_bit_breaks_every_proof_that_a_leaf_is_included(
        size in 1..=SIZES_MAX, place in any::<Index>(), which in any::<Index>(), bit in 0..256_usize
    ) {
        let grown = Grown::to(size);
        let place = place.index(at(size)) as u64;
        let (leaf, root, proof) = (grown.leaves[at(place)], grown.root(size), grown.inclusion(place, size));
        prop_assert!(!leads_from(place, size, flip(&leaf, bit), &proof, &root));
        prop_assert!(!leads_from(place, size, leaf, &proof, &flip(&root, bit)));
        if !proof.is_empty() {
            let mut changed = proof.clone();
            let which = which.index(proof.len());
            changed[which] = flip(&changed[which], bit);
            prop_assert!(!leads_from(place, size, leaf, &changed, &root));
        }
    }

    #[test]
    fn a_changed_bit_breaks_every_proof_that_a_tree_only_grew(
        new in 1..=SIZES_MAX, old in any::<Index>(), which in any::<Index>(), bit in 0..256_usize
    ) {
        let grown = Grown::to(new);
        let old = old.index(at(new)) as u64 + 1;
        let (old_root, new_root, proof) = (grown.root(old), grown.root(new), grown.consistency(old, new));
        let verify = |old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
            verify_consistency((old, old_root), (new, new_root), proof)
        };
        prop_assert!(verify(&flip(&old_root, bit), &new_root, &proof).is_err());
        prop_assert_eq!(verify(&old_root, &flip(&new_root, bit), &proof), Err(Divergence::New));
        if !proof.is_empty() {
            let mut changed = proof.clone();
            let which = which.index(proof.len());
            changed[which] = flip(&changed[which], bit);
            prop_assert!(verify(&old_root, &new_root, &changed).is_err());
        }
    }

    #[test]
    fn a_changed_leaf_is_in_no_proof_that_the_tree_only_grew(
        new in 2..=SIZES_MAX, old in any::<Index>(), which in any::<Index>()
    ) {
        let before = Grown::to(new);
        let old = old.index(at(new)) as u64 + 1;
        let mut leaves = before.leaves.clone();
        leaves[which.index(at(old))] = leaf(b"written anew");
        let parts = consistency_parts(old, new);
        let proof: Vec<Hash> =
            parts.into_iter().map(|part| root(&leaves[at(part.start)..at(part.end)])).collect();
        let verified = verify_consistency((old, &before.root(old)), (new, &root(&leaves)), &proof);
        prop_assert!(verified.is_err());
    }
}
