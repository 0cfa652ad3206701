//! Of the ledger, for whoever keeps its checkpoints.

use super::{Guard, Route, route};

pub(super) const ROUTES: &[Route] = &[
    route(
        "GET",
        "/api/ledger/key",
        Guard::Public,
        None,
        Some("LedgerKey"),
        "The public key that checkpoints of the ledger are signed with.",
    ),
    route(
        "GET",
        "/api/ledger/checkpoint",
        Guard::Public,
        None,
        Some("Checkpoint"),
        "The latest checkpoint of the ledger, to be kept elsewhere. None before the first entry.",
    ),
];
