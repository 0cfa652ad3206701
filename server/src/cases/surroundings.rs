//! Who else could help, near a case.

use sos_core::access::Officer;
use sos_protocol::CaseId;
use sos_protocol::admin::NumberEntry;
use sos_protocol::http::{NearMission, Surroundings};

use super::{CaseError, Cases};
use crate::directory::Directory;

/// Missions that are named.
const MISSIONS_MAX: usize = 5;

impl Cases {
    /// Emergency numbers of the country of the newest position (without one, of the country that the case was routed
    /// by), the national lines, and the nearest missions.
    ///
    /// # Errors
    /// As [`Self::visible`].
    pub async fn surroundings(&self, officer: &Officer, id: CaseId) -> Result<Surroundings, CaseError> {
        let record = self.visible(officer, id).await?.record;
        let fix = record.position.map(|position| position.fix);
        let country = match &fix {
            Some(fix) => self.dispatch.country_at(fix),
            None => record.routing.country,
        };
        let directory = Directory::read(&self.store).await?;
        let mut numbers: Vec<NumberEntry> =
            country.map_or_else(Vec::new, |country| directory.numbers_of(country));
        numbers.extend(directory.national());
        let near = fix.map_or(vec![], |fix| self.dispatch.nearest(&fix, MISSIONS_MAX));
        let missions = near.into_iter().map(|(desk_id, name, distance_km)| {
            let numbers = directory.numbers_of_desk(&desk_id);
            NearMission { desk_id, name, distance_km, numbers }
        });
        Ok(Surroundings { country, numbers, missions: missions.collect() })
    }
}
