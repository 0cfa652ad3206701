//! Which desk an alert goes to: the map, loaded once, and the desks as they are configured now.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use sos_core::routing::{
    Atlas, AtlasError, Desk, DeskTable, DeskTableError, Place, Routing, district_from_geojson,
    great_circle_km, route,
};
use sos_protocol::{CountryCode, DeskId, Fix};

use crate::store::desks::DeskRow;
use crate::store::{Store, StoreError};

const COUNTRIES: &[u8] = include_bytes!("../data/countries/countries_osm_12nm_100m.geojson.gz");
const SPECIAL_AREAS: &[u8] = include_bytes!("../data/vn_special_sea_areas.geojson");

/// Why the desks cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// The map in the binary does not load.
    #[error("map: {0}")]
    Atlas(#[from] AtlasError),
    /// The configured desks contradict each other.
    #[error("desks: {0}")]
    Desks(#[from] DeskTableError),
    /// They could not be read.
    #[error("desks: {0}")]
    Store(#[from] StoreError),
}

struct Desks {
    table: DeskTable,
    rows: HashMap<DeskId, DeskRow>,
}

/// Where alerts go.
pub struct Dispatch {
    atlas: Atlas,
    home: CountryCode,
    desks: RwLock<Option<Arc<Desks>>>,
}

impl Dispatch {
    /// Loads the map; `home` is the country whose workers are served. The desks come with [`Self::refresh`].
    ///
    /// # Errors
    /// When the map does not load.
    pub fn new(home: CountryCode) -> Result<Self, DispatchError> {
        let atlas = Atlas::load(COUNTRIES, SPECIAL_AREAS)?;
        Ok(Self { atlas, home, desks: RwLock::new(None) })
    }

    /// Reads the desks again. If they cannot be used, the ones from before stay.
    ///
    /// # Errors
    /// When they cannot be read or contradict each other.
    pub async fn refresh(&self, store: &Store) -> Result<(), DispatchError> {
        self.take(store.desks().await?)
    }

    /// Goes by these desks from now on.
    ///
    /// # Errors
    /// When they contradict each other.
    pub fn take(&self, rows: Vec<DeskRow>) -> Result<(), DispatchError> {
        let table = DeskTable::new(rows.iter().map(desk).collect(), self.home)?;
        let rows = rows.into_iter().map(|row| (row.desk_id.clone(), row)).collect();
        if let Ok(mut desks) = self.desks.write() {
            *desks = Some(Arc::new(Desks { table, rows }));
        }
        Ok(())
    }

    /// The desk for an alert, with its target for a claim in seconds. None before the desks were read once.
    #[must_use]
    pub fn desk_for(&self, fix: Option<&Fix>, contract: Option<CountryCode>) -> Option<(Routing, i32)> {
        let desks = self.desks.read().ok()?.clone()?;
        let place = fix.map(|fix| Place { lat: fix.lat, lon: fix.lon, accuracy_m: fix.accuracy_m });
        let routing = route(&self.atlas, &desks.table, place, contract);
        let target_s = desks.rows.get(&routing.desk).map_or(20, |row| row.claim_target_s);
        Some((routing, target_s))
    }

    /// The desk that answers where no other does. None before the desks were read once.
    #[must_use]
    pub fn ministry(&self) -> Option<DeskId> {
        Some(self.desks.read().ok()?.as_ref()?.table.ministry().id.clone())
    }

    /// The country that a position is in or nearest to, if any is near.
    #[must_use]
    pub fn country_at(&self, fix: &Fix) -> Option<CountryCode> {
        let place = Place { lat: fix.lat, lon: fix.lon, accuracy_m: fix.accuracy_m };
        self.atlas.locate(place).countries.first().copied()
    }

    /// The `count` desks nearest to a position, over ground, with their names and distances in kilometres.
    #[must_use]
    pub fn nearest(&self, fix: &Fix, count: usize) -> Vec<(DeskId, String, f64)> {
        let Some(desks) = self.desks.read().ok().and_then(|desks| desks.clone()) else { return vec![] };
        let placed = desks.rows.values().filter_map(|row| {
            let km = great_circle_km((fix.lat, fix.lon), (row.lat?, row.lon?));
            Some((row.desk_id.clone(), row.name.clone(), km))
        });
        let mut placed: Vec<_> = placed.collect();
        placed.sort_by(|a, b| a.2.total_cmp(&b.2).then_with(|| a.0.cmp(&b.0)));
        placed.truncate(count);
        placed
    }

    /// Whether there is such a desk.
    #[must_use]
    pub fn knows(&self, desk: &DeskId) -> bool {
        self.desks.read().is_ok_and(|desks| desks.as_ref().is_some_and(|desks| desks.rows.contains_key(desk)))
    }
}

/// A district that cannot be read was refused when it was configured; here it counts as none.
pub(crate) fn desk(row: &DeskRow) -> Desk {
    Desk {
        id: row.desk_id.clone(),
        countries: row.countries.clone(),
        district: row.district.as_deref().and_then(|json| district_from_geojson(json).ok()),
        principal: row.is_principal,
        is_ministry: row.is_ministry,
    }
}
