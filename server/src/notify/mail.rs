//! E-mail over SMTP.

use anyhow::Context;
use lettre::address::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use sos_protocol::NotificationId;

use super::config::MailConfig;
use super::words::Words;
use crate::push::call::{CALL_WITHIN, Outcome};

/// Longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3, without the brackets).
const ADDRESS_BYTES_MAX: usize = 254;
/// Answers that say that there is no such mailbox, or none that takes mail (RFC 5321, 4.2.2; RFC 7504).
const NO_MAILBOX: [u16; 4] = [550, 551, 553, 556];

/// Sends mail. A connection for each: a mail server that hangs holds only what is sent just now.
#[derive(Clone)]
pub(super) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Tells other programs that no person wrote it, so that none answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mail {
    pub(super) fn new(config: &MailConfig) -> anyhow::Result<Self> {
        // What is wrong with it may quote a password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.url).ok();
        let own_name = ClientId::Domain(config.from.email.domain().to_owned());
        let builder = builder.context("smtp_url: cannot be used")?.hello_name(own_name);
        Ok(Self { transport: builder.timeout(Some(CALL_WITHIN)).build(), from: config.from.clone() })
    }

    /// Sends `words` to `address`, under an id that a repetition has as well.
    pub(super) async fn send(&self, address: &str, id: NotificationId, words: &Words) -> Outcome {
        let Some(message) = self.message(address, id, words) else { return Outcome::Refused };
        match self.transport.send(message).await {
            Ok(_) => Outcome::Taken,
            Err(error) => failed(&error),
        }
    }

    fn message(&self, address: &str, id: NotificationId, words: &Words) -> Option<Message> {
        let to = Mailbox::new(None, address.parse().ok()?);
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&words.title)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(words.text())
            .ok()
    }
}

/// What an error means. Only a mailbox that is not there is final: a mail server that is being set right refuses all
/// kinds of things for a while.
fn failed(error: &Error) -> Outcome {
    match error.status().map(u16::from) {
        Some(code) if NO_MAILBOX.contains(&code) => Outcome::Refused,
        Some(code) if code >= 500 => Outcome::Later("refused", None),
        Some(_) => Outcome::Later("unavailable", None),
        None => Outcome::Later("no_answer", None),
    }
}

/// Whether this is an e-mail address, as far as its shape tells: one of the Internet, with a domain that has a dot.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let parsed = text.len() <= ADDRESS_BYTES_MAX && text.is_ascii() && !text.contains(['"', '[', ' ']);
    parsed && text.parse::<Address>().is_ok_and(|address| address.domain().contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_shape_and_a_length() {
        for good in ["a@b.vn", "truc.ban+sos@mofa.gov.vn", "x@xn--bcher-kva.example"] {
            assert!(is_address(good), "{good}");
        }
        let long = format!("{}@example.org", "x".repeat(250));
        for bad in ["", "a", "@b.vn", "a@", "a@b", "a b@c.vn", "a@b.vn\r\nBcc: c@d.vn", "a@[10.0.0.1]", &long]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
