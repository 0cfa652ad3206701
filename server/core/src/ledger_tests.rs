use proptest::prelude::*;
use proptest::sample::Index;
use sos_protocol::MessageId;

use super::*;

fn row() -> Row {
    Row {
        seq: Seq(1),
        at: UnixMs(5),
        case_id: CaseId(Uuid::nil()),
        desk: "tw-taipei".into(),
        actor: "staff".into(),
        actor_id: Some(Uuid::max()),
        kind: "note".into(),
        ref_id: None,
        facts: "{}".into(),
        sealed: vec![1, 2],
    }
}

#[test]
fn the_hash_changes_with_every_field_and_with_the_row_before() {
    let base = hash(&GENESIS, &row());
    let changed = [
        Row { seq: Seq(2), ..row() },
        Row { at: UnixMs(6), ..row() },
        Row { case_id: CaseId(Uuid::max()), ..row() },
        Row { desk: "tw-taipe".into(), actor: "istaff".into(), ..row() },
        Row { actor: "worker".into(), ..row() },
        Row { actor_id: None, ..row() },
        Row { kind: "seen".into(), ..row() },
        Row { ref_id: Some(Uuid::max()), ..row() },
        Row { facts: "{ }".into(), ..row() },
        Row { sealed: vec![1], ..row() },
    ];
    for other in &changed {
        assert_ne!(hash(&GENESIS, other), base, "{other:?}");
    }
    assert_ne!(hash(&base, &row()), base);
}

#[test]
fn words_go_into_the_personal_part_and_come_back() {
    let event = CaseEvent::Message { message_id: MessageId(Uuid::max()), text: "cứu tôi".into() };
    let (facts, personal) = split(&event);
    assert!(!facts.contains("cứu"), "{facts}");
    assert_eq!(join(&facts, personal.as_deref(), None), Some(event));
    let erased = CaseEvent::Message { message_id: MessageId(Uuid::max()), text: String::new() };
    assert_eq!(join(&facts, None, None), Some(erased));
    let (facts, personal) = split(&CaseEvent::Claimed {});
    assert_eq!((personal.as_deref(), join(&facts, None, None)), (None, Some(CaseEvent::Claimed {})));
}

fn any_row() -> impl Strategy<Value = Row> {
    let id = || {
        prop_oneof![Just(None), Just(Some(Uuid::nil())), any::<u128>().prop_map(|n| Some(Uuid::from_u128(n)))]
    };
    let who = ((0..2_u128), "[a-z-]{0,4}", prop_oneof![Just("worker"), Just("staff")], id());
    let what = ("[a-z]{0,4}", id(), "[{}a-z]{0,6}", prop::collection::vec(any::<u8>(), 0..4));
    (0..9_i64, who, what).prop_map(|(at, (case, desk, actor, actor_id), (kind, ref_id, facts, sealed))| Row {
        seq: Seq(0),
        at: UnixMs(at),
        case_id: CaseId(Uuid::from_u128(case)),
        desk: desk.as_str().into(),
        actor: actor.into(),
        actor_id,
        kind,
        ref_id,
        facts,
        sealed,
    })
}

/// What the store holds: rows with their hashes, and the head.
#[derive(Debug, Clone, PartialEq)]
struct Stored {
    rows: Vec<(Row, Hash)>,
    head: (Seq, Hash),
}

fn any_ledger() -> impl Strategy<Value = Stored> {
    prop::collection::vec(any_row(), 1..12).prop_map(|rows| {
        let mut ledger =
            Stored { rows: rows.into_iter().map(|row| (row, GENESIS)).collect(), head: (Seq(0), GENESIS) };
        ledger.write_anew(0, 0);
        let (row, hash) = ledger.rows.last().unwrap();
        ledger.head = (row.seq, *hash);
        ledger
    })
}

impl Stored {
    fn verify(&self) -> Result<(), Seq> {
        let mut chain = Chain::START;
        self.rows.iter().try_for_each(|(row, hash)| chain.follow(row, hash))?;
        chain.ends_at(self.head.0, &self.head.1)
    }

    /// Gives all rows from `at` on the hashes that they would have if they had been written so, and places, but for a
    /// `gap` before them.
    fn write_anew(&mut self, at: usize, gap: i64) {
        for n in at..self.rows.len() {
            let before = n.checked_sub(1).map_or(GENESIS, |before| self.rows[before].1);
            let (row, stored) = &mut self.rows[n];
            row.seq = Seq(place(n).0 + gap);
            *stored = hash(&before, row);
        }
    }
}

fn place(at: usize) -> Seq {
    Seq(i64::try_from(at).unwrap() + 1)
}

proptest! {
    #[test]
    fn a_ledger_as_it_was_written_is_whole(ledger in any_ledger()) {
        prop_assert_eq!(ledger.verify(), Ok(()));
    }

    #[test]
    fn a_row_that_was_changed_is_found_and_named(ledger in any_ledger(), at in any::<Index>(), other in any_row()) {
        let mut broken = ledger.clone();
        let at = at.index(broken.rows.len());
        broken.rows[at].0 = Row { seq: broken.rows[at].0.seq, ..other };
        prop_assume!(broken != ledger);
        prop_assert_eq!(broken.verify(), Err(place(at)));

        // With its own hash made to fit, the next row does not; and with all of them, the head.
        let own = hash(&at.checked_sub(1).map_or(GENESIS, |before| broken.rows[before].1), &broken.rows[at].0);
        broken.rows[at].1 = own;
        prop_assert_eq!(broken.verify(), Err(place((at + 1).min(ledger.rows.len() - 1))));
        broken.write_anew(at, 0);
        prop_assert_eq!(broken.verify(), Err(ledger.head.0));
    }

    #[test]
    fn a_hash_that_was_changed_is_found_and_named(ledger in any_ledger(), at in any::<Index>(), bit in 0..256_usize) {
        let mut broken = ledger;
        let at = at.index(broken.rows.len());
        broken.rows[at].1[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(broken.verify(), Err(place(at)));
    }

    #[test]
    fn a_row_that_was_dropped_is_found_and_named(ledger in any_ledger(), at in any::<Index>()) {
        let mut broken = ledger;
        let at = at.index(broken.rows.len());
        broken.rows.remove(at);
        prop_assert_eq!(broken.verify(), Err(place(at)));

        // Rows after it that close the gap do not help.
        broken.write_anew(at, 0);
        prop_assert_eq!(broken.verify(), Err(broken.head.0));
    }

    #[test]
    fn rows_that_were_swapped_are_found_and_the_first_is_named(
        ledger in any_ledger(), one in any::<Index>(), other in any::<Index>(), with_places in any::<bool>()
    ) {
        let mut broken = ledger.clone();
        let (one, other) = (one.index(broken.rows.len()), other.index(broken.rows.len()));
        broken.rows.swap(one, other);
        if with_places {
            broken.rows[one].0.seq = place(one);
            broken.rows[other].0.seq = place(other);
        }
        prop_assume!(broken != ledger);
        prop_assert_eq!(broken.verify(), Err(place(one.min(other))));
    }

    #[test]
    fn a_row_that_was_put_in_is_found_and_named(
        ledger in any_ledger(), at in any::<Index>(), other in any_row(), anew in any::<bool>()
    ) {
        let mut broken = ledger;
        let at = at.index(broken.rows.len() + 1);
        broken.rows.insert(at, (Row { seq: place(at), ..other }, GENESIS));
        prop_assert_eq!(broken.verify(), Err(place(at)));
        if anew {
            broken.write_anew(at, 0);
            prop_assert_eq!(broken.verify(), Err(Seq(broken.head.0.0 + 1)));
        }
    }

    #[test]
    fn a_gap_is_found_even_where_all_hashes_and_the_head_fit(ledger in any_ledger(), at in any::<Index>()) {
        let mut broken = ledger;
        let at = at.index(broken.rows.len());
        broken.write_anew(at, 1);
        let (row, hash) = broken.rows.last().unwrap();
        broken.head = (row.seq, *hash);
        prop_assert_eq!(broken.verify(), Err(place(at)));
    }

    #[test]
    fn no_two_rows_have_one_hash(one in any_row(), other in any_row()) {
        prop_assert_eq!(one == other, hash(&GENESIS, &one) == hash(&GENESIS, &other));
    }

    #[test]
    fn ids_that_are_nil_and_ids_that_are_missing_differ(row in any_row()) {
        let with = |id| hash(&GENESIS, &Row { ref_id: id, ..row.clone() });
        prop_assert_ne!(with(None), with(Some(Uuid::nil())));
    }
}

#[test]
fn the_hashes_of_stored_rows_never_change() {
    // As releases before wrote it: all fields after the hash before, each text with its length.
    let mut bytes = GENESIS.to_vec();
    bytes.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5]);
    bytes.extend([0; 16]);
    bytes.push(1);
    bytes.extend([255; 16]);
    bytes.push(0);
    bytes.extend([0; 16]);
    for text in ["tw-taipei", "staff", "note", "{}", "\u{1}\u{2}"] {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    assert_eq!(hash(&GENESIS, &row()), Hash::from(Sha256::digest(&bytes)));
    assert_eq!(row().entry(), bytes[GENESIS.len()..]);
}
