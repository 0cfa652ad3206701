//! The worker's PIN.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::limits::{PIN_DIGITS_MAX, PIN_DIGITS_MIN};

/// Four to eight digits. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(transparent)]
pub struct Pin(String);

impl Pin {
    /// Reads it as it was typed; blanks do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let fits = (PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        fits.then_some(Self(digits))
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a PIN has 4 to 8 digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_to_eight_digits_and_is_never_printed() {
        let digits = |text| Pin::parse(text).map(|pin| pin.digits().to_owned());
        assert_eq!(digits(" 12 34 "), Some("1234".to_owned()));
        assert_eq!(digits("12345678"), Some("12345678".to_owned()));
        for wrong in ["", "123", "123456789", "12a4", "١٢٣٤"] {
            assert_eq!(digits(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{:?}", Pin::parse("1234")), "Some(Pin)");
        assert!(serde_json::from_str::<Pin>("\"12\"").is_err());
    }
}
