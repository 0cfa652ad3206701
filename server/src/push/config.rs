//! Settings of push.

use anyhow::{Context, ensure};
use reqwest::Url;

/// Push services that browsers use today: Chrome and its kin, Firefox, Safari, Edge.
pub const WEB_PUSH_SERVICES: &str = "https://fcm.googleapis.com,https://*.push.services.mozilla.com,\
     https://*.push.apple.com,https://*.notify.windows.com";
/// Most entries of the list of push services.
const SERVICES_MAX: usize = 50;

/// Settings of push, checked.
#[derive(Debug, Clone)]
pub struct PushConfig {
    /// File with the service account for FCM; none: no FCM.
    pub fcm_account: Option<String>,
    /// Where FCM is.
    pub fcm_url: Url,
    /// Whom a push service writes to when something is wrong, `mailto:` or `https:`; none: no Web Push.
    pub contact: Option<String>,
    /// Where subscriptions may lead.
    pub web_push_services: WebPushServices,
}

impl PushConfig {
    /// From the settings as they are written down.
    ///
    /// # Errors
    /// With the name of the setting and what is wrong with it.
    pub fn check(
        fcm_account: Option<String>,
        fcm_url: &str,
        contact: Option<String>,
        web_push_services: &str,
    ) -> anyhow::Result<Self> {
        let fcm_url = safe_url(fcm_url).context("fcm_url")?;
        if let Some(contact) = &contact {
            let known =
                contact.starts_with("mailto:") && contact.contains('@') || contact.starts_with("https://");
            ensure!(known, "push_contact: mailto:… or https://…");
        }
        Ok(Self {
            fcm_account,
            fcm_url,
            contact,
            web_push_services: WebPushServices::parse(web_push_services)?,
        })
    }
}

/// An address that secrets and words may be sent to: over TLS, or on this machine.
pub(crate) fn safe_url(text: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text).with_context(|| format!("{text:?} is no address"))?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    ensure!(url.scheme() == "https" || url.scheme() == "http" && local, "{text:?}: https only");
    Ok(url)
}

/// Where subscriptions may lead. A phone gives the address that the service then calls: anything else would let a phone
/// call what only the service can reach.
#[derive(Debug, Clone)]
pub struct WebPushServices(Vec<Allowed>);

#[derive(Debug, Clone)]
struct Allowed {
    scheme: String,
    /// With `*.` in front: anything below it.
    host: String,
    port: Option<u16>,
}

impl WebPushServices {
    /// Reads a list of `https://host`, `https://*.host`, divided by commas.
    ///
    /// # Errors
    /// With the entry that cannot be used.
    pub fn parse(list: &str) -> anyhow::Result<Self> {
        let entries: Vec<&str> = list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
        ensure!(entries.len() <= SERVICES_MAX, "web_push_services: at most {SERVICES_MAX}");
        let allowed = entries.iter().map(|entry| {
            let (below, rest) = match entry.split_once("://*.") {
                Some((scheme, host)) => ("*.", format!("{scheme}://{host}")),
                None => ("", (*entry).to_owned()),
            };
            let url = safe_url(&rest).context("web_push_services")?;
            let host = url.host_str().context("web_push_services: a host")?;
            Ok(Allowed {
                scheme: url.scheme().to_owned(),
                host: format!("{below}{host}"),
                port: url.port_or_known_default(),
            })
        });
        Ok(Self(allowed.collect::<anyhow::Result<_>>()?))
    }

    /// The address, if it leads to one of them.
    #[must_use]
    pub fn endpoint(&self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?;
        let bare = url.username().is_empty() && url.password().is_none();
        let fits = |allowed: &Allowed| {
            let host_fits = match allowed.host.strip_prefix('*') {
                Some(below) => host.len() > below.len() && host.ends_with(below),
                None => host == allowed.host,
            };
            host_fits && url.scheme() == allowed.scheme && url.port_or_known_default() == allowed.port
        };
        (bare && self.0.iter().any(fits)).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_lead_to_push_services_and_nowhere_else() {
        let services = WebPushServices::parse(WEB_PUSH_SERVICES).unwrap();
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
            "https://web.push.apple.com/QABC",
            "https://wns2-ln2p.notify.windows.com/w/?token=BQYAAA",
        ] {
            assert!(services.endpoint(good).is_some(), "{good}");
        }
        for bad in [
            "http://fcm.googleapis.com/fcm/send/abc",
            "https://fcm.googleapis.com:6379/",
            "https://fcm.googleapis.com.example.org/",
            "https://xpush.apple.com/",
            "https://.push.apple.com/",
            "https://fcm.googleapis.com@10.0.0.1/",
            "https://user:word@fcm.googleapis.com/",
            "https://127.0.0.1/",
            "file:///etc/passwd",
            "",
        ] {
            assert!(services.endpoint(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn settings_that_would_send_in_clear_are_refused() {
        let check = |url: &str, contact: &str, services: &str| {
            PushConfig::check(None, url, Some(contact.to_owned()), services).is_ok()
        };
        let fcm = "https://fcm.googleapis.com";
        assert!(check(fcm, "mailto:ops@example.org", WEB_PUSH_SERVICES));
        assert!(check("http://127.0.0.1:9", "https://example.org", "http://127.0.0.1:8"));
        assert!(!check("http://fcm.googleapis.com", "mailto:ops@example.org", WEB_PUSH_SERVICES));
        assert!(!check(fcm, "ops@example.org", WEB_PUSH_SERVICES));
        assert!(!check(fcm, "mailto:ops@example.org", "http://*.push.apple.com"));
    }
}
