//! Of cover: rotas, policies, webhooks, channels.

use sos_core::access::Action;

use super::{Guard, Route, route};

const ARRANGE: Guard = Guard::Role(Action::ArrangeCover);
const OWN: Guard = Guard::Role(Action::OwnChannels);
const CHANNELS: Option<&str> = Some("Channels");
const VIEW: Option<&str> = Some("CoverView");
const ROTA: &str = "/api/cover/rotas/{rota_id}";
const POLICY: &str = "/api/cover/policies/{desk_id}";
const WEBHOOK: &str = "/api/cover/webhooks/{webhook_id}";

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/cover", Guard::Role(Action::SeeCover), None, VIEW, "Who is on call, and what holds."),
    route("PUT", ROTA, ARRANGE, Some("PutRota"), VIEW, "A new rota, or a change of one."),
    route("DELETE", ROTA, ARRANGE, Some("Remove"), VIEW, "Take a rota out of use."),
    route("PUT", POLICY, ARRANGE, Some("PutPolicy"), VIEW, "The escalation policy of a desk."),
    route("PUT", WEBHOOK, ARRANGE, Some("PutWebhook"), VIEW, "A new webhook, or a change of one."),
    route("DELETE", WEBHOOK, ARRANGE, Some("Remove"), VIEW, "Take a webhook out of use."),
    route("PUT", "/api/cover/holidays", ARRANGE, Some("Holidays"), VIEW, "The holidays."),
    route(
        "GET",
        "/api/me/channels",
        OWN,
        None,
        CHANNELS,
        "Where the officer can be told away from a console.",
    ),
    route(
        "PUT",
        "/api/me/channels/{channel_id}",
        OWN,
        Some("PutChannel"),
        CHANNELS,
        "A channel, new or changed. The same id again is the same channel.",
    ),
    route(
        "DELETE",
        "/api/me/channels/{channel_id}",
        OWN,
        None,
        CHANNELS,
        "Nothing by this channel any more.",
    ),
    route(
        "POST",
        "/api/me/channels/{channel_id}/test",
        OWN,
        None,
        CHANNELS,
        "Send a test. What became of it is told by GET.",
    ),
    route(
        "GET",
        "/api/cover/channels",
        ARRANGE,
        None,
        CHANNELS,
        "Channels of the desk's officers and its webhooks; for the ministry's officers and administrators, of all.",
    ),
    route("POST", "/api/cover/channels/test", ARRANGE, None, CHANNELS, "Send a test to each of them."),
];
