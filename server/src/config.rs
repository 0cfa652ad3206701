//! Settings, from a file and the environment; a bad one stops the start and says why.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use serde::Deserialize;
use sos_core::cover::is_time_zone;
use sos_protocol::CountryCode;

use crate::auth::secret::Secret;
use crate::notify::config::NotifyConfig;
use crate::push::config::{PushConfig, WEB_PUSH_SERVICES};

/// All settings. The README lists them with their environment names.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Postgres.
    pub database_url: String,
    /// Redis.
    pub redis_url: String,
    /// The service's secret.
    pub secret: Secret,
    /// The country whose workers are served.
    pub home_country: CountryCode,
    /// IANA name of the ministry's time zone, in which its monthly report is made.
    pub time_zone: String,
    /// The session cookie goes only over TLS.
    pub cookie_secure: bool,
    /// Key with which the SMS gateway signs what it hands on; none: `/api/sms` is closed.
    pub sms_key: Option<String>,
    /// Number of that gateway, which phones without data are told to write to; none: none.
    pub sms_number: Option<String>,
    /// Connections to Postgres.
    pub database_connections: u32,
    /// How long sockets and requests under way have to finish at shutdown, in seconds.
    pub drain_s: u64,
    /// Folder of photos and voice notes, which all nodes share.
    pub attachments: PathBuf,
    /// Telling phones while their apps sleep.
    pub push: PushConfig,
    /// Telling officers away from their consoles.
    pub notify: NotifyConfig,
    /// SPDX identifier of the licence of open statistics.
    pub open_data_licence: String,
    /// Which log lines are written, e.g. `info` or `sos_server=debug`.
    pub log: String,
    /// Log lines as JSON, for machines; else for people.
    pub log_json: bool,
}

/// As it is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    listen: String,
    database_url: Option<String>,
    redis_url: Option<String>,
    secret: Option<String>,
    home_country: String,
    time_zone: String,
    cookie_secure: bool,
    sms_key: Option<String>,
    sms_number: Option<String>,
    database_connections: u32,
    drain_s: u64,
    attachments: PathBuf,
    fcm_account: Option<String>,
    fcm_url: String,
    push_contact: Option<String>,
    web_push_services: String,
    smtp_url: Option<String>,
    mail_from: Option<String>,
    public_url: Option<String>,
    open_data_licence: String,
    log: String,
    log_json: bool,
}

/// Shortest key of an SMS gateway: what such programs make by themselves.
const SMS_KEY_BYTES_MIN: usize = 8;
/// Settings that may also come without the prefix, under the names other programs use.
const ALSO: [(&str, &str); 2] = [("database_url", "DATABASE_URL"), ("redis_url", "REDIS_URL")];

/// Environment names that begin like settings and belong to the tools around the service.
const NOT_OURS: [&str; 3] = ["SOS_CONFIG", "SOS_PORT", "SOS_DATA"];

impl Config {
    /// Reads the file that `SOS_CONFIG` names, if any, then the environment (`SOS_LISTEN`, …).
    ///
    /// # Errors
    /// With the name of the setting and what is wrong with it.
    pub fn read(env: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let env: Vec<(String, String)> = env.collect();
        let get = |name: &str| env.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let mut builder = config::Config::builder()
            .set_default("listen", "127.0.0.1:8080")?
            .set_default("home_country", "VN")?
            .set_default("time_zone", "Asia/Ho_Chi_Minh")?
            .set_default("cookie_secure", true)?
            .set_default("database_connections", 20)?
            .set_default("drain_s", 10)?
            .set_default("attachments", "attachments")?
            .set_default("fcm_url", "https://fcm.googleapis.com")?
            .set_default("web_push_services", WEB_PUSH_SERVICES)?
            .set_default("open_data_licence", "CC-BY-4.0")?
            .set_default("log", "info")?
            .set_default("log_json", true)?;
        if let Some(file) = get("SOS_CONFIG") {
            builder = builder.add_source(config::File::new(&file, config::FileFormat::Toml));
        }
        for (setting, name) in ALSO {
            builder = builder.set_override_option(setting, get(name))?;
        }
        for (name, value) in &env {
            if let Some(setting) = name.strip_prefix("SOS_").filter(|_| !NOT_OURS.contains(&name.as_str())) {
                builder = builder.set_override(setting.to_lowercase(), value.as_str())?;
            }
        }
        let raw: Raw = builder.build()?.try_deserialize().context("settings")?;
        Self::check(raw)
    }

    fn check(raw: Raw) -> anyhow::Result<Self> {
        let listen =
            raw.listen.parse().with_context(|| format!("listen: {:?} is no address:port", raw.listen))?;
        let home_country =
            CountryCode::parse(&raw.home_country).context("home_country: two letters, e.g. VN")?;
        ensure!(is_time_zone(&raw.time_zone), "time_zone: an IANA name, e.g. Asia/Ho_Chi_Minh");
        ensure!((2..=500).contains(&raw.database_connections), "database_connections: 2 to 500");
        ensure!(raw.drain_s <= 300, "drain_s: at most 300");
        let long = |key: &String| key.len() >= SMS_KEY_BYTES_MIN;
        ensure!(raw.sms_key.as_ref().is_none_or(long), "sms_key: at least {SMS_KEY_BYTES_MIN} characters");
        ensure!(raw.sms_number.as_deref().is_none_or(is_dialled), "sms_number: + and 7 to 15 digits");
        ensure!(raw.sms_number.is_none() || raw.sms_key.is_some(), "sms_number: needs sms_key");
        let licence = &raw.open_data_licence;
        ensure!(is_spdx(licence), "open_data_licence: an SPDX identifier, e.g. CC-BY-4.0");
        let secret = raw.secret.context("secret: set SOS_SECRET to 32 or more random bytes, base64url")?;
        Ok(Self {
            listen,
            database_url: raw
                .database_url
                .context("database_url: set DATABASE_URL, e.g. postgres://sos@localhost/sos")?,
            redis_url: raw.redis_url.context("redis_url: set REDIS_URL, e.g. redis://127.0.0.1:6379/0")?,
            secret: Secret::parse(&secret)?,
            home_country,
            time_zone: raw.time_zone,
            cookie_secure: raw.cookie_secure,
            sms_key: raw.sms_key,
            sms_number: raw.sms_number,
            database_connections: raw.database_connections,
            drain_s: raw.drain_s,
            attachments: raw.attachments,
            push: PushConfig::check(raw.fcm_account, &raw.fcm_url, raw.push_contact, &raw.web_push_services)?,
            notify: NotifyConfig::check(raw.smtp_url, raw.mail_from.as_deref(), raw.public_url.as_deref())?,
            open_data_licence: raw.open_data_licence,
            log: raw.log,
            log_json: raw.log_json,
        })
    }
}

/// As identifiers of SPDX are made.
fn is_spdx(licence: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+');
    (1..=60).contains(&licence.len()) && licence.bytes().all(fits)
}

/// A telephone number as it is dialled from anywhere (E.164).
fn is_dialled(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "p4Zq0i7hJ3xW9sT1vB6nM2kL8yR5cD0eF3gH7aU1oQI";

    fn read(more: &[(&str, &str)]) -> Result<Config, String> {
        let base = [("DATABASE_URL", "postgres://x/y"), ("REDIS_URL", "redis://x"), ("SOS_SECRET", SECRET)];
        let env = base.iter().chain(more).map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::read(env).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn bad_settings_are_refused_with_the_reason() {
        let wrong = |more: &[(&str, &str)]| read(more).expect_err("refused");
        assert!(wrong(&[("SOS_LISTEN", "nowhere")]).contains("listen"));
        assert!(wrong(&[("SOS_HOME_COUNTRY", "Vietnam")]).contains("home_country"));
        assert!(wrong(&[("SOS_TIME_ZONE", "Asia/Saigon City")]).contains("time_zone"));
        assert!(wrong(&[("SOS_DRAIN_S", "a while")]).contains("drain_s"));
        assert!(wrong(&[("SOS_SMS_KEY", "short")]).contains("sms_key"));
        assert!(wrong(&[("SOS_SMS_KEY", "long enough"), ("SOS_SMS_NUMBER", "0901")]).contains("sms_number"));
        assert!(wrong(&[("SOS_SMS_NUMBER", "+84123456789")]).contains("needs sms_key"));
        assert!(wrong(&[("SOS_OPEN_DATA_LICENCE", "<free>")]).contains("open_data_licence"));
        assert!(wrong(&[("SOS_LISTNE", "127.0.0.1:1")]).contains("listne"));
        assert!(wrong(&[("SOS_SECRET", "ZGVtbw")]).contains("SOS_SECRET"));
    }

    #[test]
    fn the_environment_sets_what_it_names_and_the_rest_has_defaults() {
        let config =
            read(&[("SOS_LISTEN", "0.0.0.0:9"), ("SOS_COOKIE_SECURE", "false"), ("SOS_PORT", "1")]).unwrap();
        assert_eq!(config.listen, "0.0.0.0:9".parse().unwrap());
        assert!(!config.cookie_secure);
        assert_eq!(config.home_country.as_str(), "VN");
    }
}
