//! `/api/openapi.json`, made from the table of addresses and the protocol's types.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use sos_protocol::http as api;
use sos_protocol::{admin, api_v1, case_file, cover, export, figures, ledger, open_data, proof, report};
use utoipa::ToSchema;
use utoipa::openapi::{ComponentsBuilder, RefOr, Schema};

use super::routes::{BYTES, Guard, ROUTES, Route};

static DOCUMENT: LazyLock<String> = LazyLock::new(|| build().to_string());

pub(super) async fn document() -> ([(axum::http::HeaderName, &'static str); 1], &'static str) {
    ([(axum::http::header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}

fn build() -> Value {
    let mut paths = Map::new();
    for route in ROUTES.iter() {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        item[route.method.to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Emergency SOS service",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "The sockets (/phone, /feed) are described in protocol/README.md.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "sos_session" },
                "credential": { "type": "apiKey", "in": "header", "name": proof::CREDENTIAL_HEADER },
                "token": { "type": "http", "scheme": "bearer" },
                "signature": { "type": "apiKey", "in": "header", "name": proof::SIGNATURE_HEADER },
            },
        },
    })
}

fn operation(route: &Route) -> Value {
    let content = |kind: &str, name: &str| match name {
        BYTES => json!({ "application/octet-stream": {} }),
        name => json!({ kind: { "schema": reference(name) } }),
    };
    let schema = |name: &str| match name {
        "offset" => json!({ "type": "integer", "minimum": 0 }),
        "desk_id" => json!({ "type": "string" }),
        _ => json!({ "type": "string", "format": "uuid" }),
    };
    let parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": schema(name) }))
        .collect();
    let good = match route.answer {
        Some(name) => json!({ "description": "Done.", "content": content("application/json", name) }),
        None => json!({ "description": "Done." }),
    };
    let status = if route.answer.is_some() { "200" } else { "204" };
    let mut operation = json!({
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            status: good,
            "default": { "description": "Not done.", "content": content("application/problem+json", "Problem") },
        },
    });
    if let Some(name) = route.body {
        operation["requestBody"] = json!({ "required": true, "content": content("application/json", name) });
    }
    match route.guard {
        Guard::Public | Guard::Signed => {}
        Guard::Device => operation["security"] = json!([{ "credential": [], "signature": [] }]),
        Guard::Token(_) => operation["security"] = json!([{ "token": [] }]),
        Guard::SignedIn | Guard::Role(_) | Guard::Case(_) => {
            operation["security"] = json!([{ "session": [] }]);
        }
    }
    operation
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A type of the protocol with everything it is made of.
fn add<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

fn schemas() -> Value {
    let mut all = vec![];
    add::<sos_protocol::Problem>(&mut all);
    add::<sos_protocol::CaseDetail>(&mut all);
    add::<api::EnrolRequest>(&mut all);
    add::<api::Enrolled>(&mut all);
    add::<api::AlertPost>(&mut all);
    add::<api::AlertStatus>(&mut all);
    add::<api::SmsTaken>(&mut all);
    add::<api::PushTarget>(&mut all);
    add::<api::PhoneSettings>(&mut all);
    add::<api::NewAttachment>(&mut all);
    add::<api::AttachmentState>(&mut all);
    add::<api::SetPins>(&mut all);
    add::<api::CardRequest>(&mut all);
    add::<api::CheckIn>(&mut all);
    add::<api::SignIn>(&mut all);
    add::<api::Me>(&mut all);
    add::<api::Desks>(&mut all);
    add::<api::FeedTicket>(&mut all);
    add::<api::Claim>(&mut all);
    add::<api::WithReason>(&mut all);
    add::<api::Transfer>(&mut all);
    add::<api::Close>(&mut all);
    add::<api::PostMessage>(&mut all);
    add::<api::PostNote>(&mut all);
    add::<api::CaseAnswer>(&mut all);
    add::<api::Assign>(&mut all);
    add::<api::Share>(&mut all);
    add::<api::Prioritise>(&mut all);
    add::<api::SetTags>(&mut all);
    add::<api::PostAnswer>(&mut all);
    add::<api::Link>(&mut all);
    add::<api::Merge>(&mut all);
    add::<api::Batch>(&mut all);
    add::<api::BatchAnswer>(&mut all);
    add::<api::Search>(&mut all);
    add::<api::Found>(&mut all);
    add::<api::Surroundings>(&mut all);
    add::<cover::EscalationView>(&mut all);
    add::<cover::RotaView>(&mut all);
    add::<cover::WebhookView>(&mut all);
    add::<cover::CoverView>(&mut all);
    add::<cover::PutRota>(&mut all);
    add::<cover::PutPolicy>(&mut all);
    add::<cover::PutWebhook>(&mut all);
    add::<cover::Remove>(&mut all);
    add::<cover::Holidays>(&mut all);
    add::<cover::PutChannel>(&mut all);
    add::<cover::Channels>(&mut all);
    add::<figures::FiguresQuery>(&mut all);
    add::<figures::Figures>(&mut all);
    add::<figures::FigureCasesQuery>(&mut all);
    add::<figures::FigureCases>(&mut all);
    add::<export::NewExport>(&mut all);
    add::<export::ExportView>(&mut all);
    add::<export::ExportList>(&mut all);
    add::<admin::DeskSettings>(&mut all);
    add::<admin::DeskSettingsList>(&mut all);
    add::<admin::NumberEntry>(&mut all);
    add::<admin::Numbers>(&mut all);
    add::<admin::StaffAccounts>(&mut all);
    add::<admin::PutStaff>(&mut all);
    add::<admin::CreateCodes>(&mut all);
    add::<admin::CodesMade>(&mut all);
    add::<admin::WorkersFound>(&mut all);
    add::<admin::Texts>(&mut all);
    add::<admin::AdminLedger>(&mut all);
    add::<case_file::CaseFileCheck>(&mut all);
    add::<ledger::LedgerKey>(&mut all);
    add::<ledger::Checkpoint>(&mut all);
    add::<api_v1::Tokens>(&mut all);
    add::<api_v1::MakeToken>(&mut all);
    add::<api_v1::TokenMade>(&mut all);
    add::<api_v1::ReportOut>(&mut all);
    add::<open_data::OpenCases>(&mut all);
    add::<open_data::OpenFields>(&mut all);
    add::<report::ReportView>(&mut all);
    add::<report::ReportList>(&mut all);
    add::<report::ReportsOf>(&mut all);
    add::<report::SaveReport>(&mut all);
    add::<report::ReportVersion>(&mut all);
    add::<report::ReturnReport>(&mut all);
    add::<report::ChangeMeasure>(&mut all);
    add::<api::CaseList>(&mut all);
    add::<api::Readiness>(&mut all);
    let components = ComponentsBuilder::new().schemas_from_iter(all).build();
    serde_json::to_value(components.schemas).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = build();
        let text = document.to_string();
        let names: Vec<&str> =
            text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(names.len() > 40);
        for name in names {
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
