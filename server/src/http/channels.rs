//! Where officers can be told away from their consoles, and tests of that.

use axum::extract::{Path, State};
use sos_core::access::{self, Action};
use sos_protocol::cover::{ChannelTarget, Channels, PutChannel};
use sos_protocol::limits::LABEL_CHARS_MAX;
use sos_protocol::{ChannelId, DeskId, ErrorCode, StaffId};

use super::Shared;
use super::body::Json;
use super::problem::{Answer, Failed};
use super::session::SignedIn;
use crate::notify;
use crate::store::channels::{Changed, Whose};
use crate::store::push::PushKind;

type Told = Answer<axum::Json<Channels>>;

pub(super) async fn own(State(parts): State<Shared>, signed_in: SignedIn) -> Told {
    let officer = signed_in.may(Action::OwnChannels)?;
    answer_own(&parts, officer.id).await
}

pub(super) async fn put(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(channel): Path<String>,
    Json(put): Json<PutChannel>,
) -> Told {
    let officer = signed_in.may(Action::OwnChannels)?;
    let channel = channel_id(&channel)?;
    let put = checked(&parts, put)?;
    let now = parts.clock.now();
    let target_id = parts.entropy.uuid_v7(now);
    done(parts.store.save_channel(officer.id, channel, &put, target_id, now).await?)?;
    answer_own(&parts, officer.id).await
}

pub(super) async fn remove(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(channel): Path<String>,
) -> Told {
    let officer = signed_in.may(Action::OwnChannels)?;
    done(parts.store.remove_channel(officer.id, channel_id(&channel)?).await?)?;
    answer_own(&parts, officer.id).await
}

pub(super) async fn test(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(channel): Path<String>,
) -> Told {
    let officer = signed_in.may(Action::OwnChannels)?;
    let now = parts.clock.now();
    let test = parts.entropy.uuid_v7(now);
    done(parts.store.test_channel(officer.id, channel_id(&channel)?, test, now).await?)?;
    answer_own(&parts, officer.id).await
}

pub(super) async fn of_cover(State(parts): State<Shared>, signed_in: SignedIn) -> Told {
    let officer = signed_in.may(Action::ArrangeCover)?;
    answer_cover(&parts, access::cover_of(&officer)).await
}

pub(super) async fn test_cover(State(parts): State<Shared>, signed_in: SignedIn) -> Told {
    let officer = signed_in.may(Action::ArrangeCover)?;
    let desk = access::cover_of(&officer);
    let now = parts.clock.now();
    parts.store.test_cover(desk, parts.entropy.uuid_v7(now), now).await?;
    answer_cover(&parts, desk).await
}

/// What is asked for, if it can be sent to.
fn checked(parts: &Shared, put: PutChannel) -> Answer<PutChannel> {
    let wrong = |field: &str| Failed::because(ErrorCode::InvalidField, field);
    let label = put.label.trim().to_owned();
    if label.is_empty() || label.chars().count() > LABEL_CHARS_MAX || label.contains(char::is_control) {
        return Err(wrong("label"));
    }
    let is_set_up = match &put.target {
        ChannelTarget::Mail { .. } => parts.mail,
        ChannelTarget::Push { target } => parts.push.offers(PushKind::of(target)),
    };
    if !is_set_up {
        return Err(Failed::because(ErrorCode::NotFound, "this kind of channel is not set up"));
    }
    match &put.target {
        ChannelTarget::Mail { address } if !notify::is_address(address) => return Err(wrong("address")),
        ChannelTarget::Mail { .. } => {}
        ChannelTarget::Push { target } => parts.push.check(target).map_err(wrong)?,
    }
    Ok(PutChannel { label, target: put.target })
}

fn channel_id(text: &str) -> Answer<ChannelId> {
    text.parse().map_err(|_| Failed::code(ErrorCode::NotFound))
}

fn done(changed: Changed) -> Answer<()> {
    match changed {
        Changed::Done => Ok(()),
        Changed::NotFound => Err(Failed::code(ErrorCode::NotFound)),
        Changed::TooMany => Err(Failed::because(ErrorCode::TooMany, "channels of an officer")),
        Changed::TooSoon => Err(Failed::because(ErrorCode::RateLimited, "it was tested just now")),
    }
}

async fn answer_own(parts: &Shared, staff: StaffId) -> Told {
    let channels = parts.store.channels(Whose::Officer(staff)).await?;
    Ok(axum::Json(Channels {
        channels,
        web_push_key: parts.push.public_key(),
        mail: parts.mail,
        webhooks: vec![],
    }))
}

async fn answer_cover(parts: &Shared, desk: Option<&DeskId>) -> Told {
    let channels = parts.store.channels(Whose::Desk(desk)).await?;
    let webhooks = parts.store.webhooks_told(desk).await?;
    Ok(axum::Json(Channels { channels, web_push_key: parts.push.public_key(), mail: parts.mail, webhooks }))
}
