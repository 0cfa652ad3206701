//! The signature of a checkpoint.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use sos_core::merkle::Hash;
use sos_protocol::UnixMs;
use sos_protocol::ledger::{Checkpoint, LedgerKey};
use uuid::Uuid;

use super::fault::{Fault, Part};
use crate::auth::secret::hex;
use crate::auth::signing::{Signer, fits, point};

/// `format` of a checkpoint.
pub const CHECKPOINT: &str = "sos-checkpoint/1";

/// A signed checkpoint. The same again has the same signature (RFC 6979).
#[must_use]
pub fn sign(signer: &Signer, log: Uuid, tree_size: u64, root: &Hash, at: UnixMs) -> Checkpoint {
    let mut checkpoint = Checkpoint {
        format: CHECKPOINT.to_owned(),
        log,
        tree_size,
        root: hex(root),
        at_ms: at,
        key: signer.public().clone(),
        signature: String::new(),
    };
    checkpoint.signature = B64.encode(signer.sign(lines(&checkpoint).as_bytes()));
    checkpoint
}

/// A checkpoint that was signed before, as it was.
#[must_use]
pub(crate) fn kept(
    (log, tree_size, root, at_ms): (Uuid, u64, &Hash, UnixMs),
    key: LedgerKey,
    signature: &[u8],
) -> Checkpoint {
    let (format, root, signature) = (CHECKPOINT.to_owned(), hex(root), B64.encode(signature));
    Checkpoint { format, log, tree_size, root, at_ms, key, signature }
}

/// What is signed of a checkpoint.
fn lines(checkpoint: &Checkpoint) -> String {
    let Checkpoint { format, log, tree_size, root, at_ms, key, .. } = checkpoint;
    format!("{format}\n{log}\n{tree_size}\n{root}\n{}\n{}\n", at_ms.0, key.kid)
}

/// The 64 bytes of a signature.
#[must_use]
pub fn signature(checkpoint: &Checkpoint) -> Option<Vec<u8>> {
    B64.decode(&checkpoint.signature).ok().filter(|bytes| bytes.len() == 64)
}

/// Whether a checkpoint is signed with its own key, and that is one of `known`, if any is. Gives its root.
///
/// # Errors
/// What is wrong with `part`, which the checkpoint is.
pub fn verify(checkpoint: &Checkpoint, known: &[LedgerKey], part: Part) -> Result<Hash, Fault> {
    let broken = |what: &str| Fault::broken(part, what);
    if checkpoint.format != CHECKPOINT {
        return Err(broken("its format is another one"));
    }
    if point(&checkpoint.key).is_none() {
        return Err(broken("its key is none, or has another one's kid"));
    }
    if !known.is_empty() && !known.contains(&checkpoint.key) {
        let kid = &checkpoint.key.kid;
        return Err(broken(&format!("it is signed with another key than the one given: {kid}")));
    }
    let root = from_hex(&checkpoint.root).ok_or_else(|| broken("its root is no hash"))?;
    let is_signed =
        signature(checkpoint).is_some_and(|tag| fits(&checkpoint.key, lines(checkpoint).as_bytes(), &tag));
    if !is_signed {
        return Err(broken("its signature does not fit what it says"));
    }
    Ok(root)
}

/// A hash of 64 hexadecimal digits in lower case.
#[must_use]
pub fn from_hex(text: &str) -> Option<Hash> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes: Option<Vec<u8>> =
        text.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secret::Secret;

    fn signer() -> Signer {
        let secret = Secret::parse("p4Zq0i7hJ3xW9sT1vB6nM2kL8yR5cD0eF3gH7aU1oQI").expect("a secret");
        Signer::new(&secret).expect("a key")
    }

    fn signed() -> Checkpoint {
        sign(&signer(), Uuid::from_u128(7), 300, &[0xab; 32], UnixMs(1_700_000_000_000))
    }

    #[test]
    fn a_checkpoint_is_signed_in_the_documented_lines_and_always_alike() {
        let checkpoint = signed();
        assert_eq!(checkpoint, signed());
        let lines = format!(
            "sos-checkpoint/1\n00000000-0000-0000-0000-000000000007\n300\n{}\n1700000000000\n{}\n",
            "ab".repeat(32),
            checkpoint.key.kid
        );
        assert!(fits(&checkpoint.key, lines.as_bytes(), &B64.decode(&checkpoint.signature).unwrap()));
    }

    #[test]
    fn whatever_is_changed_in_a_checkpoint_is_found_and_named() {
        let good = signed();
        let known = [good.key.clone()];
        assert_eq!(verify(&good, &known, Part::Checkpoint), Ok([0xab; 32]));
        let other_key = Signer::new(&Secret::parse("Z4Zq0i7hJ3xW9sT1vB6nM2kL8yR5cD0eF3gH7aU1oQI").unwrap());
        let other_key = other_key.unwrap().public().clone();
        let mut sat_in = good.clone();
        sat_in.key = other_key.clone();
        let mut kid = good.clone();
        kid.key.kid = other_key.kid;
        let changed = [
            (Checkpoint { format: "sos-checkpoint/2".into(), ..good.clone() }, "format"),
            (Checkpoint { log: Uuid::from_u128(8), ..good.clone() }, "signature"),
            (Checkpoint { tree_size: 301, ..good.clone() }, "signature"),
            (Checkpoint { root: hex(&[0xac; 32]), ..good.clone() }, "signature"),
            (Checkpoint { root: good.root.to_uppercase(), ..good.clone() }, "root"),
            (Checkpoint { at_ms: UnixMs(1), ..good.clone() }, "signature"),
            (
                Checkpoint { signature: good.signature.replacen(|_| true, "A", 1), ..good.clone() },
                "signature",
            ),
            (sat_in.clone(), "another key"),
            (kid, "kid"),
        ];
        for (checkpoint, named) in changed {
            let fault = verify(&checkpoint, &known, Part::Checkpoint).expect_err(named).to_string();
            assert!(fault.contains(named), "{named}: {fault}");
        }
        // Without a known key it is not refused for its key, but its signature is not that key's.
        let fault = verify(&sat_in, &[], Part::Checkpoint).expect_err("refused").to_string();
        assert!(fault.contains("signature"), "{fault}");
    }
}
