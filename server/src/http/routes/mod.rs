//! The table of addresses: what the OpenAPI document and the test of permissions are made from.

mod admin;
mod cases;
mod cover;
mod exports;
mod figures;
mod ledger;
mod officers;
mod open_data;
mod phones;
mod reports;
mod review;
mod v1;

use std::sync::LazyLock;

use sos_core::access::Action;
use sos_protocol::api_v1::TokenPurpose;

/// Who may call an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody.
    Public,
    /// A program that signs with a key of its own.
    Signed,
    /// A verified phone that signs the request.
    Device,
    /// Another system with a token for this purpose, of all desks or of one.
    Token(TokenPurpose),
    /// Any officer who is signed in.
    SignedIn,
    /// Officers whose role allows this, whatever the case.
    Role(Action),
    /// Officers who may do this to the case in the address.
    Case(Action),
}

/// An address.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with parameters in braces.
    pub path: &'static str,
    /// What it does, in English.
    pub summary: &'static str,
    /// Who may call it.
    pub guard: Guard,
    /// Name of the body's type in the protocol.
    pub body: Option<&'static str>,
    /// Name of the answer's type in the protocol.
    pub answer: Option<&'static str>,
}

const fn route(
    method: &'static str,
    path: &'static str,
    guard: Guard,
    body: Option<&'static str>,
    answer: Option<&'static str>,
    summary: &'static str,
) -> Route {
    Route { method, path, summary, guard, body, answer }
}

/// In place of a type: the bytes of a file.
pub const BYTES: &str = "bytes";

/// All addresses under `/api` but the document itself, and those of open statistics.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    [
        phones::ROUTES,
        officers::ROUTES,
        cases::ROUTES,
        cover::ROUTES,
        figures::ROUTES,
        exports::ROUTES,
        reports::ROUTES,
        review::ROUTES,
        ledger::ROUTES,
        open_data::ROUTES,
        v1::ROUTES,
        admin::ROUTES,
    ]
    .concat()
});
