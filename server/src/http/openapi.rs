//! `/api/openapi.json`, made from the table of addresses and the protocol's types.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use sos_protocol::http as api;
use utoipa::openapi::ComponentsBuilder;

use super::routes::{Guard, ROUTES, Route};

static DOCUMENT: LazyLock<String> = LazyLock::new(|| build().to_string());

pub(super) async fn document() -> ([(axum::http::HeaderName, &'static str); 1], &'static str) {
    ([(axum::http::header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}

fn build() -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
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
            "securitySchemes": { "session": { "type": "apiKey", "in": "cookie", "name": "sos_session" } },
        },
    })
}

fn operation(route: &Route) -> Value {
    let content = |kind: &str, name: &str| json!({ kind: { "schema": reference(name) } });
    let parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }))
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
    if route.guard != Guard::Public {
        operation["security"] = json!([{ "session": [] }]);
    }
    operation
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn schemas() -> Value {
    let components = ComponentsBuilder::new()
        .schema_from::<sos_protocol::Problem>()
        .schema_from::<sos_protocol::CaseDetail>()
        .schema_from::<api::EnrolRequest>()
        .schema_from::<api::Enrolled>()
        .schema_from::<api::AlertPost>()
        .schema_from::<api::AlertStatus>()
        .schema_from::<api::SignIn>()
        .schema_from::<api::Me>()
        .schema_from::<api::Desks>()
        .schema_from::<api::FeedTicket>()
        .schema_from::<api::Claim>()
        .schema_from::<api::WithReason>()
        .schema_from::<api::Transfer>()
        .schema_from::<api::Close>()
        .schema_from::<api::PostMessage>()
        .schema_from::<api::PostNote>()
        .schema_from::<api::CaseAnswer>()
        .schema_from::<api::CaseList>()
        .schema_from::<api::Readiness>()
        .build();
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
