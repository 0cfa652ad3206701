//! A share that says of no small part how large it is.

use sos_protocol::figures::Part;

use super::FEWEST;

/// Widths of a range, in per cent; each divides 100.
const WIDTHS: [u32; 5] = [1, 2, 5, 10, 20];

/// In which range of per cent `part` lies: from, to. The range is as wide as the number of cases asks for, whatever the share
/// is: always so wide that [`FEWEST`] numbers of cases or more lie in it, so that it cannot lie within 1 to 4. None: there
/// are too few cases for any.
#[must_use]
pub fn share(part: Part) -> Option<(u8, u8)> {
    let width = WIDTHS.into_iter().find(|width| part.over * width >= FEWEST * 100)?;
    let pct = u64::from(part.cases) * 100 / u64::from(part.over);
    let pct = u32::try_from(pct).ok()?.min(100);
    let from = (pct / width * width).min(100 - width);
    Some((u8::try_from(from).ok()?, u8::try_from(from + width).ok()?))
}
