//! What is published tells nobody of a group of 1 to 4 cases, also not who knows this source.

use std::collections::HashMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use sos_protocol::figures::Part;
use sos_protocol::open_data::{OpenBy, OpenRow};

use super::*;

/// All ways to spread `total` cases over `cells`.
fn spread(total: u32, cells: usize) -> Vec<Vec<u32>> {
    if cells == 1 {
        return vec![vec![total]];
    }
    let with = |first: u32| {
        spread(total - first, cells - 1).into_iter().map(move |rest| [vec![first], rest].concat())
    };
    (0..=total).flat_map(with).collect()
}

fn counts(cells: &[u32]) -> Vec<(usize, u32)> {
    cells.iter().copied().enumerate().collect()
}

/// Somebody has the published numbers and this source: of which of `groups` (bits of cells) do all inputs that give just
/// these numbers have between 1 and `fewest` - 1 cases? `published`: what is said of the cells.
fn revealed<P: Eq + std::hash::Hash + std::fmt::Debug>(
    inputs: impl Iterator<Item = Vec<u32>>,
    groups: &[usize],
    fewest: u32,
    published: impl Fn(&[u32]) -> P,
) -> Option<(P, usize)> {
    // Of each answer, the groups that may still have none, or enough.
    let mut harmless: HashMap<P, Vec<bool>> = HashMap::new();
    for input in inputs {
        let seen = harmless.entry(published(&input)).or_insert_with(|| vec![false; groups.len()]);
        for (seen, group) in seen.iter_mut().zip(groups).filter(|(seen, _)| !**seen) {
            let sum: u32 =
                (0..input.len()).filter(|cell| group >> cell & 1 == 1).map(|cell| input[cell]).sum();
            *seen = sum == 0 || sum >= fewest;
        }
    }
    harmless.into_iter().find_map(|(published, seen)| {
        let place = seen.iter().position(|seen| !seen)?;
        Some((published, groups[place]))
    })
}

fn every_group(cells: usize) -> Vec<usize> {
    (1..1 << cells).collect()
}

#[test]
fn a_partition_of_many_groups_reveals_no_small_one_to_who_knows_the_rule() {
    for (cells, most) in [(6, 14), (7, 12)] {
        let inputs = (0..=most).flat_map(|total| spread(total, cells));
        let leak = revealed(inputs, &every_group(cells), FEWEST, |input| part(counts(input), FEWEST));
        assert_eq!(leak, None, "{cells} groups");
    }
}

#[test]
fn nor_does_one_of_few_groups_that_is_shown_as_a_whole_or_not_beside_the_sum() {
    for (cells, most) in [(3, 18), (4, 16), (5, 15)] {
        let inputs = (FEWEST..=most).flat_map(|total| spread(total, cells));
        let published = |input: &[u32]| (input.iter().sum::<u32>(), all_or_none(counts(input), FEWEST));
        assert_eq!(revealed(inputs, &every_group(cells), FEWEST, published), None, "{cells} groups");
    }
}

#[test]
fn nor_do_both_of_the_same_cases_together() {
    // Four countries in rows, three kinds in columns; the groups are all of some countries and some kinds.
    let rectangle = |countries: usize, kinds: usize| {
        (0..12)
            .filter(|cell| countries >> (cell / 3) & 1 == 1 && kinds >> (cell % 3) & 1 == 1)
            .map(|cell| 1 << cell)
            .sum()
    };
    let groups: Vec<usize> =
        (1..1 << 4).flat_map(|countries| (1..1 << 3).map(move |kinds| rectangle(countries, kinds))).collect();
    let published = |input: &[u32]| {
        let country: Vec<u32> = input.chunks(3).map(|row| row.iter().sum()).collect();
        let kind: Vec<u32> = (0..3).map(|of| input.iter().skip(of).step_by(3).sum()).collect();
        part(counts(&country), 3).map(|parted| (parted, all_or_none(counts(&kind), 3)))
    };
    let inputs = (0..=6).flat_map(|total| spread(total, 12));
    assert_eq!(revealed(inputs, &groups, 3, published), None);
}

#[test]
fn the_attacker_of_these_tests_finds_what_other_rules_reveal() {
    let inputs = |most: u32, cells| (0..=most).flat_map(move |total| spread(total, cells));
    let shown = |input: &[u32]| input.iter().map(|n| Some(*n).filter(|n| *n >= FEWEST)).collect::<Vec<_>>();
    // Small ones left out beside the sum of all.
    let with_sum = |input: &[u32]| (shown(input), input.iter().sum::<u32>());
    assert!(revealed(inputs(12, 4), &every_group(4), FEWEST, with_sum).is_some());
    // Zeros shown: what is left out is 1 to 4.
    let zero = |n: &u32| Some(*n).filter(|n| *n == 0 || *n >= FEWEST);
    let zeros = |input: &[u32]| input.iter().map(zero).collect::<Vec<_>>();
    assert!(revealed(inputs(12, 4), &every_group(4), FEWEST, zeros).is_some());
    // Small ones added up where there are few groups.
    let few = |input: &[u32]| part(counts(input), FEWEST);
    assert!(revealed(inputs(15, 3), &every_group(3), FEWEST, few).is_some());
    // All or none of two.
    let two = |input: &[u32]| (input.iter().sum::<u32>(), all_or_none(counts(input), FEWEST));
    assert!(
        revealed(inputs(12, 2).filter(|n| n[0] + n[1] >= FEWEST), &every_group(2), FEWEST, two).is_some()
    );
}

proptest! {
    #[test]
    fn every_number_is_large_and_all_of_them_are_all_cases(counts in prop::collection::vec(0_u32..40, 0..30)) {
        let counts: Vec<(usize, u32)> = counts.into_iter().enumerate().collect();
        let total: u32 = counts.iter().map(|(_, cases)| cases).sum();
        match part(counts.clone(), FEWEST) {
            None => prop_assert!(total < FEWEST),
            Some(parted) => {
                prop_assert_eq!(parted.total, total);
                let shown: u32 = parted.groups.iter().map(|(_, cases)| cases).sum();
                prop_assert_eq!(shown + parted.rest, total);
                prop_assert!(parted.rest == 0 || parted.rest >= FEWEST);
                for (group, cases) in &parted.groups {
                    prop_assert!(*cases >= FEWEST && counts[*group].1 == *cases);
                }
            }
        }
    }

    #[test]
    fn the_groups_that_have_a_number_are_as_many_as_can_be(large in prop::collection::vec(5_u32..40, 1..20)) {
        // Nothing small: nothing is added up.
        let counts: Vec<(usize, u32)> = large.iter().copied().enumerate().collect();
        let parted = part(counts, FEWEST).expect("enough");
        prop_assert_eq!((parted.groups.len(), parted.rest), (large.len(), 0));
    }

    /// Interval check: the range, and that of all others, never lies within 1 to 4.
    #[test]
    fn a_share_says_of_no_small_part_that_it_is_small(over in 0_u32..3_000, at in 0_u32..=100) {
        let cases = u32::try_from(u64::from(over) * u64::from(at) / 100).expect("small");
        if let Some(range) = share(Part { cases, over }) {
            let same: Vec<u32> = (0..=over).filter(|n| share(Part { cases: *n, over }) == Some(range)).collect();
            prop_assert!(same.contains(&cases));
            for one in [same.clone(), same.iter().map(|n| over - n).collect()] {
                prop_assert!(one.iter().any(|n| *n == 0 || *n >= FEWEST), "{range:?} of {over}: {one:?}");
            }
            let (from, to) = (u64::from(range.0), u64::from(range.1));
            prop_assert!(u64::from(cases) * 100 >= from * u64::from(over));
            prop_assert!(u64::from(cases) * 100 <= to * u64::from(over));
        } else {
            prop_assert!(over < 25);
        }
    }
}

fn row(group: &str, cases: Option<u32>) -> OpenRow {
    OpenRow {
        by: OpenBy::Country,
        group: group.to_owned(),
        cases,
        claim_median_s: None,
        close_median_min: None,
        on_time_from_pct: None,
        on_time_to_pct: None,
    }
}

#[test]
fn a_correction_may_not_tell_of_a_small_group_by_its_difference() {
    let before = [row("TW", Some(10)), row("rest", Some(8))];
    let after = |tw, rest| [row("TW", tw), row("rest", rest)];
    assert!(!changes_too_little(&before, &after(Some(10), Some(8))));
    assert!(!changes_too_little(&before, &after(Some(15), Some(8))));
    assert!(changes_too_little(&before, &after(Some(11), Some(8))));
    assert!(changes_too_little(&before, &after(Some(10), Some(4))));
    assert!(changes_too_little(&before, &after(Some(10), None)));
    assert!(changes_too_little(&before, &before[..1]));
    assert!(changes_too_little(&before, &[row("TW", Some(10)), row("JP", Some(8))]));
}

#[test]
fn a_month_is_due_a_week_after_its_end_by_its_own_clocks() {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let december = DueMonth::of(date(2025, 12, 31), &zone).unwrap();
    assert_eq!((december.first, december.last), (date(2025, 12, 1), date(2025, 12, 31)));
    let due = date(2026, 1, 8).to_zoned(zone.clone()).unwrap().timestamp().as_millisecond();
    assert_eq!(december.due.0, due);
    assert_eq!(december.next(&zone).unwrap().name(), "2026-01");
    // 2024-12-31 at 20:00 in UTC is 2025 there.
    let new_year = sos_protocol::UnixMs(1_735_675_200_000);
    assert_eq!(DueMonth::first_of(new_year, &zone).unwrap().name(), "2025-01");
    assert_eq!(DueMonth::first_of(new_year, &TimeZone::UTC).unwrap().name(), "2024-01");
}
