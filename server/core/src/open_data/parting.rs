//! Counts by group, so that no small one is in them and none can be computed.

/// A partition of all cases.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parted<K> {
    /// Of all groups.
    pub total: u32,
    /// Groups with a number of their own, the most cases first.
    pub groups: Vec<(K, u32)>,
    /// All others together; 0: there is no other case.
    pub rest: u32,
}

/// Parts `counts` so that every number is 0 or at least `fewest`: small groups are added up, and where their sum is still
/// small, the smallest of the others with them. None: there are fewer than `fewest` cases at all, and nothing may be said.
///
/// Only where there can be many more groups than there are cases in small ones: of a few, the sum and this rule would say
/// how many each has.
#[must_use]
pub fn part<K: Ord>(counts: Vec<(K, u32)>, fewest: u32) -> Option<Parted<K>> {
    let mut groups = counts;
    let total: u32 = groups.iter().map(|(_, cases)| *cases).sum();
    if total < fewest {
        return None;
    }
    // The largest first: what is added up is taken from the end.
    groups.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut rest = 0;
    while groups.last().is_some_and(|(_, cases)| *cases < fewest || (1..fewest).contains(&rest)) {
        rest += groups.pop().map_or(0, |(_, cases)| cases);
    }
    Some(Parted { total, groups, rest })
}

/// All of `counts`, the most cases first, or nothing of them: where one is small. For three groups or more: with two, that
/// one is small would say too much of the other.
#[must_use]
pub fn all_or_none<K: Ord>(counts: Vec<(K, u32)>, fewest: u32) -> Option<Vec<(K, u32)>> {
    let mut groups = counts;
    groups.retain(|(_, cases)| *cases > 0);
    groups.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    (!groups.is_empty() && groups.iter().all(|(_, cases)| *cases >= fewest)).then_some(groups)
}
