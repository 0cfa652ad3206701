//! Settings of telling officers.

use anyhow::{Context, ensure};
use lettre::message::Mailbox;
use reqwest::Url;

use crate::push::config::safe_url;

/// Settings of telling officers, checked.
#[derive(Clone, Default)]
pub struct NotifyConfig {
    /// E-mail; none: it is not set up.
    pub mail: Option<MailConfig>,
    /// Where officers open the console, without a slash at the end; none: messages have no link.
    pub public_url: Option<String>,
}

/// Settings of e-mail.
#[derive(Clone)]
pub struct MailConfig {
    /// Of the mail server, with name and password where it asks for them.
    pub url: String,
    /// Sender.
    pub from: Mailbox,
}

impl std::fmt::Debug for NotifyConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address of the mail server holds its password.
        let mail = self.mail.as_ref().map(|mail| mail.from.to_string());
        f.debug_struct("NotifyConfig").field("mail", &mail).field("public_url", &self.public_url).finish()
    }
}

impl NotifyConfig {
    /// From the settings as they are written down.
    ///
    /// # Errors
    /// With the name of the setting and what is wrong with it.
    pub fn check(
        smtp_url: Option<String>,
        mail_from: Option<&str>,
        public_url: Option<&str>,
    ) -> anyhow::Result<Self> {
        let mail = match (smtp_url, mail_from) {
            (None, None) => None,
            (Some(url), Some(from)) => {
                check_smtp(&url)?;
                let from = from.parse().context("mail_from: an address, e.g. SOS <sos@example.org>")?;
                Some(MailConfig { url, from })
            }
            (None, Some(_)) => anyhow::bail!("mail_from: needs smtp_url"),
            (Some(_), None) => anyhow::bail!("smtp_url: needs mail_from"),
        };
        let public_url = public_url.map(|url| safe_url(url).context("public_url")).transpose()?;
        let public_url = public_url.map(|url| url.as_str().trim_end_matches('/').to_owned());
        Ok(Self { mail, public_url })
    }
}

/// Mail goes over TLS, whoever is in between, or stays on this machine.
fn check_smtp(text: &str) -> anyhow::Result<()> {
    // Without the text: it may hold a password.
    let url = Url::parse(text).ok().context("smtp_url: smtps://… or smtp://…?tls=required")?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let starts_tls = url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    match url.scheme() {
        "smtps" => Ok(()),
        "smtp" => {
            ensure!(local || starts_tls, "smtp_url: smtp://… needs ?tls=required, or this machine");
            Ok(())
        }
        _ => anyhow::bail!("smtp_url: smtps://… or smtp://…?tls=required"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_over_tls_or_stays_on_this_machine() {
        let check =
            |url: &str, from: &str| NotifyConfig::check(Some(url.to_owned()), Some(from), None).map(|_| ());
        let from = "SOS <sos@example.org>";
        for good in [
            "smtps://u:p@mail.example.org",
            "smtp://mail.example.org:587?tls=required",
            "smtp://127.0.0.1:25",
        ] {
            assert!(check(good, from).is_ok(), "{good}");
        }
        for bad in [
            "smtp://mail.example.org",
            "smtp://mail.example.org?tls=opportunistic",
            "https://mail.example.org",
            "mail.example.org",
        ] {
            let said = format!("{:#}", check(bad, from).unwrap_err());
            assert!(said.contains("smtp_url") && !said.contains("example"), "{said}");
        }
        assert!(check("smtps://mail.example.org", "nobody").is_err());
        assert!(NotifyConfig::check(None, Some(from), None).is_err());
        assert!(NotifyConfig::check(Some("smtps://x".to_owned()), None, None).is_err());
        assert!(NotifyConfig::check(None, None, Some("http://sos.example.org")).is_err());
        let config = NotifyConfig::check(None, None, Some("https://sos.example.org/")).unwrap();
        assert_eq!(config.public_url.as_deref(), Some("https://sos.example.org"));
    }

    #[test]
    fn no_password_gets_into_a_log() {
        let url = "smtps://user:secret@mail.example.org".to_owned();
        let config = NotifyConfig::check(Some(url), Some("sos@example.org"), None).unwrap();
        assert!(!format!("{config:?}").contains("secret"));
    }
}
