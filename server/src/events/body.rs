//! What a webhook is told of an entry: no name, no place but the country, nothing that people wrote.

use serde_json::json;
use sos_core::access::Scope;
use sos_protocol::CaseEvent;
use sos_protocol::cover::{WebhookEvent, WebhookFormat};

use crate::cap::{self, Sender};
use crate::notify::webhook::Content;
use crate::store::event_feeds::{Following, Told};
use crate::store::{Store, StoreError};

/// Kinds of the ledger's entries that it is told of.
pub(super) fn kinds(following: &Following) -> Vec<String> {
    let kind = |event: &WebhookEvent| match event {
        WebhookEvent::CaseOpened => "opened",
        WebhookEvent::CaseClosed => "closed",
        WebhookEvent::ReportAccepted => "report_accepted",
    };
    following.events.iter().map(|event| kind(event).to_owned()).collect()
}

/// The body. None: there is nothing to tell of this one in this form.
pub(super) async fn content(
    store: &Store,
    sender: &Sender,
    format: WebhookFormat,
    told: &Told,
) -> Result<Option<Content>, StoreError> {
    let Some(view) = store.case_view(&Scope::All, told.case_id).await? else { return Ok(None) };
    if format == WebhookFormat::Cap {
        return Ok(cap::of_entry(sender, &view, told).map(|xml| Content { kind: cap::TYPE, body: xml }));
    }
    let case = &view.record;
    let (name, state, disposition) = match &told.event {
        CaseEvent::Opened { .. } => ("case.opened", "open", None),
        CaseEvent::Closed { disposition, .. } => ("case.closed", "closed", Some(*disposition)),
        CaseEvent::ReportAccepted {} => ("report.accepted", "accepted", None),
        _ => return Ok(None),
    };
    let mut data = json!({
        "case_id": case.case_id,
        "case_no": case.number(),
        "desk_id": told.desk,
        "country": case.routing.country,
        "kind": case.kind,
        "drill": case.drill,
        "state": state,
        "opened_at_ms": case.opened_ms,
        "seq": told.seq,
    });
    if let Some(disposition) = disposition {
        data["disposition"] = json!(disposition);
    }
    let body = json!({ "type": name, "at_ms": told.at, "data": data });
    Ok(Some(Content { kind: "application/json", body: body.to_string() }))
}
