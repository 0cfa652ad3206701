//! Whom a target comes to, at this moment.

use std::collections::{BTreeMap, BTreeSet};

use sos_protocol::{DeskId, StaffId, UnixMs};

use super::policy::TARGETS_MAX;
use super::{Rota, RotaId, Target, WebhookId, on_call};

/// Who is there and how they can be told, at the moment of a step. Read afresh for every step and never kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The desk that is told where nobody else is.
    pub ministry: DeskId,
    /// The desk of the case, the ministry's, and all that targets of its policy name.
    pub desks: BTreeMap<DeskId, DeskStaff>,
    /// The rotas that targets name.
    pub rotas: BTreeMap<RotaId, Rota>,
    /// Officers who can be told away from a console: the account is in force, and a phone or an address is set up.
    pub personal: BTreeSet<StaffId>,
    /// Webhooks that are in force.
    pub webhooks: BTreeSet<WebhookId>,
}

/// The officers of a desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeskStaff {
    /// On shift, with a console connected.
    pub signed_in: Vec<StaffId>,
    /// Who answers for it: its supervisors; at the ministry the duty officers. On shift or not.
    pub supervisors: Vec<StaffId>,
}

/// Somebody is told, once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tell {
    /// An officer.
    Staff {
        /// Who.
        staff: StaffId,
        /// By what.
        channel: Channel,
    },
    /// Another desk is shown the case from now on, so that its consoles ring.
    Desk {
        /// Which.
        desk: DeskId,
    },
    /// A webhook is called.
    Webhook {
        /// Which.
        webhook: WebhookId,
    },
}

/// By what an officer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// At the console where the officer is signed in.
    Console,
    /// By all that the officer has set up (push, mail), and at the console as well, if signed in.
    Personal,
}

impl Cover {
    /// Whether nobody is signed in at `desk`.
    #[must_use]
    pub fn is_deserted(&self, desk: &DeskId) -> bool {
        self.desks.get(desk).is_none_or(|desk| desk.signed_in.is_empty())
    }

    fn is_signed_in(&self, staff: StaffId) -> bool {
        self.desks.values().any(|desk| desk.signed_in.contains(&staff))
    }
}

/// Who is told in one step: nobody twice.
#[derive(Debug, Default)]
pub(super) struct Told {
    staff: BTreeMap<StaffId, Channel>,
    desks: BTreeSet<DeskId>,
    webhooks: BTreeSet<WebhookId>,
}

impl Told {
    /// Whether anybody hears it. A desk at which there is nobody does not.
    pub(super) fn is_nobody(&self) -> bool {
        self.staff.is_empty() && self.webhooks.is_empty()
    }

    pub(super) fn into_list(self) -> Vec<Tell> {
        let staff = self.staff.into_iter().map(|(staff, channel)| Tell::Staff { staff, channel });
        let desks = self.desks.into_iter().map(|desk| Tell::Desk { desk });
        let webhooks = self.webhooks.into_iter().map(|webhook| Tell::Webhook { webhook });
        staff.chain(desks).chain(webhooks).collect()
    }

    /// Adds whom `targets` of a policy of `desk` mean.
    pub(super) fn add_targets(&mut self, targets: &[Target], desk: &DeskId, cover: &Cover, now: UnixMs) {
        let own = cover.desks.get(desk);
        for target in targets.iter().take(TARGETS_MAX) {
            match target {
                Target::Consoles => {
                    own.iter().flat_map(|desk| &desk.signed_in).for_each(|staff| self.add_console(*staff));
                }
                Target::OnCall { rota } => {
                    let staff = cover.rotas.get(rota).map_or_else(Vec::new, |rota| on_call(rota, now));
                    staff.into_iter().for_each(|staff| self.add_officer(staff, cover));
                }
                Target::Staff { staff } => self.add_officer(*staff, cover),
                Target::Supervisors => {
                    let staff = own.iter().flat_map(|desk| &desk.supervisors);
                    staff.for_each(|staff| self.add_officer(*staff, cover));
                }
                Target::Desk { desk: other } => self.add_desk(other, desk, cover),
                Target::Webhook { webhook } if cover.webhooks.contains(webhook) => {
                    self.webhooks.insert(*webhook);
                }
                Target::Webhook { .. } => {}
            }
        }
    }

    /// Adds `other`, for a case that `holder` holds, if anybody is there.
    pub(super) fn add_desk(&mut self, other: &DeskId, holder: &DeskId, cover: &Cover) {
        let mut there = Self::default();
        if let Some(staff) = cover.desks.get(other) {
            staff.signed_in.iter().for_each(|staff| there.add_console(*staff));
            if there.is_nobody() {
                staff.supervisors.iter().for_each(|staff| there.add_officer(*staff, cover));
            }
        }
        if there.is_nobody() {
            return;
        }
        self.show(other, holder);
        for (staff, channel) in there.staff {
            self.add(staff, channel);
        }
    }

    /// Shows the case to `other`, whether or not anybody is there.
    pub(super) fn show(&mut self, other: &DeskId, holder: &DeskId) {
        if other != holder {
            self.desks.insert(other.clone());
        }
    }

    /// Adds an officer, by whatever reaches them; not at all, if nothing does.
    pub(super) fn add_officer(&mut self, staff: StaffId, cover: &Cover) {
        if cover.personal.contains(&staff) {
            self.add(staff, Channel::Personal);
        } else if cover.is_signed_in(staff) {
            self.add_console(staff);
        }
    }

    /// Adds an officer by all that is set up, whether or not that is anything.
    pub(super) fn add_asked(&mut self, staff: StaffId) {
        self.add(staff, Channel::Personal);
    }

    fn add_console(&mut self, staff: StaffId) {
        self.add(staff, Channel::Console);
    }

    /// The stronger channel stays.
    fn add(&mut self, staff: StaffId, channel: Channel) {
        let by = self.staff.entry(staff).or_insert(channel);
        *by = channel.max(*by);
    }
}
