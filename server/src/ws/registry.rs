//! The phones that are connected here, by device and by the alerts they follow.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sos_protocol::{AlertId, DeviceId, SessionId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::told::Told;

/// What a session waits for besides its socket.
pub enum ToSession {
    /// A ledger entry that concerns it.
    Told(Arc<Told>),
    /// Another connection of the same device took over.
    Replaced,
}

/// A session's place in the registry.
#[derive(Clone)]
pub struct Handle {
    /// Which session.
    pub session_id: SessionId,
    /// Its inbox.
    pub inbox: mpsc::Sender<ToSession>,
    /// Ends it: its inbox overflowed.
    pub cut: CancellationToken,
}

#[derive(Default)]
struct Maps {
    devices: HashMap<DeviceId, Handle>,
    alerts: HashMap<AlertId, Vec<Handle>>,
}

/// The connected phones.
#[derive(Default)]
pub struct Registry {
    maps: Mutex<Maps>,
}

impl Registry {
    fn maps(&self) -> std::sync::MutexGuard<'_, Maps> {
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session speaks for `device` from now on; the newest connection wins.
    pub fn join(&self, device: DeviceId, handle: Handle) {
        let older = self.maps().devices.insert(device, handle.clone());
        if let Some(older) = older.filter(|older| older.session_id != handle.session_id) {
            let _ = older.inbox.try_send(ToSession::Replaced);
        }
    }

    /// The session hears about `alert` from now on.
    pub fn follow(&self, alert: AlertId, handle: &Handle) {
        let mut maps = self.maps();
        let followers = maps.alerts.entry(alert).or_default();
        followers.retain(|other| other.session_id != handle.session_id);
        followers.push(handle.clone());
    }

    /// The session is gone. A later one of the same device stays.
    pub fn leave(&self, device: Option<DeviceId>, alerts: &[AlertId], session: SessionId) {
        let mut maps = self.maps();
        if let Some(device) = device
            && maps.devices.get(&device).is_some_and(|handle| handle.session_id == session)
        {
            maps.devices.remove(&device);
        }
        for alert in alerts {
            let Some(followers) = maps.alerts.get_mut(alert) else { continue };
            followers.retain(|handle| handle.session_id != session);
            if followers.is_empty() {
                maps.alerts.remove(alert);
            }
        }
    }

    /// Hands an entry to the phones it concerns, each once.
    pub fn hand_on(&self, told: &Arc<Told>) {
        let Told::Entry { entry, .. } = &**told else { return };
        let mut handles: Vec<Handle> = vec![];
        {
            let maps = self.maps();
            for alert in &entry.alerts {
                let of_device = alert.device_id.and_then(|device| maps.devices.get(&device));
                let of_alert = maps.alerts.get(&alert.alert_id).into_iter().flatten();
                handles.extend(of_device.into_iter().chain(of_alert).cloned());
            }
        }
        handles.sort_by_key(|handle| handle.session_id);
        handles.dedup_by_key(|handle| handle.session_id);
        for handle in handles {
            // It does not keep up, so it ends; the phone comes back and resumes.
            if handle.inbox.try_send(ToSession::Told(told.clone())).is_err() {
                handle.cut.cancel();
                metrics::counter!("sos_phone_inbox_overflows_total").increment(1);
            }
        }
    }

    /// Ends all sessions; the phones come back and resume.
    pub fn cut_all(&self) {
        let maps = self.maps();
        maps.devices.values().chain(maps.alerts.values().flatten()).for_each(|handle| handle.cut.cancel());
    }

    /// Phones that are connected with a known device.
    #[must_use]
    pub fn devices(&self) -> usize {
        self.maps().devices.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(n: u128) -> (Handle, mpsc::Receiver<ToSession>) {
        let (inbox, receiver) = mpsc::channel(4);
        let cut = CancellationToken::new();
        (Handle { session_id: SessionId(uuid::Uuid::from_u128(n)), inbox, cut }, receiver)
    }

    #[test]
    fn the_newest_connection_wins_and_the_late_end_of_the_older_does_not_evict_it() {
        let registry = Registry::default();
        let device = DeviceId(uuid::Uuid::from_u128(9));
        let ((old, mut old_inbox), (new, mut new_inbox)) = (handle(1), handle(2));
        registry.join(device, old.clone());
        registry.join(device, new);
        assert!(matches!(old_inbox.try_recv(), Ok(ToSession::Replaced)));
        registry.leave(Some(device), &[], old.session_id);
        assert_eq!(registry.devices(), 1);
        assert!(new_inbox.try_recv().is_err());
    }
}
