//! Encryption of a Web Push message for its subscription (RFC 8291, content coding `aes128gcm` of RFC 8188).

use hkdf::Hkdf;
use p256::ecdh::diffie_hellman;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;

/// Size of a record, in bytes. There is one; a push service takes bodies of up to 4,096.
const RECORD_BYTES: u32 = 4_096;
/// Ends the plain text of the last record.
const LAST_RECORD: u8 = 2;
/// Most bytes of plain text: a body less its header (86), the tag (16) and the delimiter.
pub(super) const PLAIN_BYTES_MAX: usize = 4_096 - 86 - 16 - 1;

/// Keys of a subscription.
pub(super) struct Subscriber {
    pub(super) public: PublicKey,
    pub(super) auth: [u8; 16],
}

/// The body of the request that brings `plain`; `own` and `salt` are used for nothing else. None if it is too long.
pub(super) fn encrypt(to: &Subscriber, own: &SecretKey, salt: [u8; 16], plain: &[u8]) -> Option<Vec<u8>> {
    if plain.len() > PLAIN_BYTES_MAX {
        return None;
    }
    let own_public = own.public_key().to_sec1_point(false);
    let their_public = to.public.to_sec1_point(false);
    let shared = diffie_hellman(own.to_nonzero_scalar(), to.public.as_affine());
    let info = [b"WebPush: info\0", their_public.as_bytes(), own_public.as_bytes()].concat();
    let ikm: [u8; 32] = derive(&to.auth, shared.raw_secret_bytes(), &info)?;
    let key: [u8; 16] = derive(&salt, &ikm, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; 12] = derive(&salt, &ikm, b"Content-Encoding: nonce\0")?;

    let mut record = [plain, &[LAST_RECORD]].concat();
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
        .ok()?;
    let key_len = u8::try_from(own_public.as_bytes().len()).ok()?;
    Some([&salt[..], &RECORD_BYTES.to_be_bytes(), &[key_len], own_public.as_bytes(), &record].concat())
}

fn derive<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> Option<[u8; N]> {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), input).expand(info, &mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

    use super::*;

    /// The example of RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_rfc_comes_out_byte_for_byte() {
        let bytes = |text: &str| B64.decode(text).unwrap();
        let to = Subscriber {
            public: PublicKey::from_sec1_bytes(&bytes(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ))
            .unwrap(),
            auth: bytes("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap(),
        };
        let own = SecretKey::from_slice(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let body = encrypt(&to, &own, salt, b"When I grow up, I want to be a watermelon").unwrap();
        assert_eq!(
            B64.encode(body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
             AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn what_no_push_service_would_take_is_not_made() {
        let own = SecretKey::from_slice(&[7; 32]).unwrap();
        let to = Subscriber { public: own.public_key(), auth: [1; 16] };
        assert_eq!(encrypt(&to, &own, [2; 16], &[0; PLAIN_BYTES_MAX]).unwrap().len(), 4_096);
        assert_eq!(encrypt(&to, &own, [2; 16], &[0; PLAIN_BYTES_MAX + 1]), None);
    }
}
