//! How long something took: percentiles by nearest rank.

use sos_protocol::figures::Took;

/// What `times` are; none of them: it has not come, or is not known. `room` is emptied and used.
pub(super) fn took(times: impl Iterator<Item = Option<i64>>, room: &mut Vec<i64>) -> Took {
    room.clear();
    let mut without = 0;
    for time in times {
        match time {
            Some(time) => room.push(time),
            None => without += 1,
        }
    }
    Took {
        over: number(room.len()),
        without,
        p50_ms: at_rank(room, 50),
        p90_ms: at_rank(room, 90),
        p95_ms: at_rank(room, 95),
    }
}

/// The smallest value that at least `pct` per cent do not exceed.
fn at_rank(values: &mut [i64], pct: usize) -> Option<i64> {
    let rank = (values.len() * pct).div_ceil(100);
    let place = rank.checked_sub(1)?;
    Some(*values.select_nth_unstable(place).1)
}

/// A number on the wire.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
