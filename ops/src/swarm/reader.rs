//! An officer who only reads: a session, and questions.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::{Method, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sos_protocol::http::SignIn;

use super::http;

/// Longest wait for an answer: a file of every case is long.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// A signed-in officer.
pub(crate) struct Reader {
    http: reqwest::Client,
    gateway: SocketAddr,
    cookie: String,
}

impl Reader {
    /// Signs in.
    ///
    /// # Errors
    /// When the service refuses or is not there.
    pub(crate) async fn sign_in(gateway: SocketAddr, login: &str, password: &str) -> Result<Self> {
        let http = http::client()?;
        let sign_in = SignIn { login: login.to_owned(), password: password.to_owned() };
        let answer = http.post(format!("http://{gateway}/api/session")).json(&sign_in).send().await?;
        ensure!(answer.status().is_success(), "signing in: {}", answer.status());
        let set = answer.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        let cookie = set.and_then(|set| set.split(';').next()).context("signing in: no cookie")?.to_owned();
        Ok(Self { http, gateway, cookie })
    }

    /// What stands at `path`.
    ///
    /// # Errors
    /// When the service refuses or is not there.
    pub(crate) async fn get(&self, path: &str) -> Result<Response> {
        let answer = self.request(Method::GET, path).send().await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.status());
        Ok(answer)
    }

    /// The answer to a question.
    ///
    /// # Errors
    /// When the service refuses or is not there, or answers something else.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, path: &str, question: &impl Serialize) -> Result<T> {
        let answer = self.request(Method::POST, path).json(question).send().await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.status());
        Ok(answer.json().await?)
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.gateway));
        request.header(header::COOKIE, &self.cookie).timeout(ANSWER_WITHIN)
    }
}
