//! Numbers out of bytes that may end too soon.

/// The `N` bytes at `at`.
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

pub(super) fn u16_be(bytes: &[u8], at: usize) -> Option<usize> {
    array(bytes, at).map(|it| usize::from(u16::from_be_bytes(it)))
}

pub(super) fn u32_be(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(array(bytes, at)?)).ok()
}

pub(super) fn u32_le(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(array(bytes, at)?)).ok()
}

pub(super) fn u64_be(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u64::from_be_bytes(array(bytes, at)?)).ok()
}
