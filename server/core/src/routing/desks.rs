//! Which desk answers for which country, and where in it.

use std::collections::HashMap;

use geo::{BoundingRect, Coord, Intersects, MultiPolygon, Rect};
use sos_protocol::{CountryCode, DeskId};

use super::place::Place;

/// An office that answers, as an administrator configured it.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    /// Its id.
    pub id: DeskId,
    /// Countries that it answers for.
    pub countries: Vec<CountryCode>,
    /// Where in its countries it answers, WGS 84 degrees, longitude first. A desk that is not principal and
    /// has no district gets no case by position, only by transfer.
    pub district: Option<MultiPolygon>,
    /// Whether it answers for all of its countries that is nobody's district.
    pub principal: bool,
    /// Whether it is the ministry's desk, which answers where nobody else does. Exactly one is.
    pub is_ministry: bool,
}

/// Why a list of desks cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskTableError {
    /// Every SOS needs somebody who answers in the end.
    #[error("no desk is the ministry's")]
    NoMinistry,
    /// Exactly one desk is the last resort.
    #[error("both {0} and {1} are the ministry's desk")]
    TwoMinistries(DeskId, DeskId),
    /// Ids are unique.
    #[error("two desks are called {0}")]
    Twice(DeskId),
    /// One desk answers for a country as a whole.
    #[error("both {0} and {1} are principal for {2}")]
    TwoPrincipals(DeskId, DeskId, CountryCode),
}

/// Desks by country and district. Immutable: a change of configuration makes a new one.
#[derive(Debug, Clone)]
pub struct DeskTable {
    desks: Vec<Desk>,
    ministry: usize,
    home: CountryCode,
    by_country: HashMap<CountryCode, Responsible>,
}

/// Who answers in one country; places in [`DeskTable::desks`].
#[derive(Debug, Clone, Default)]
struct Responsible {
    principal: Option<usize>,
    /// With the box around the district.
    districts: Vec<(Rect, usize)>,
}

impl DeskTable {
    /// Arranges `desks`. `home` is the ministry's own country: what happens there, and in its special sea
    /// areas, is the ministry desk's.
    ///
    /// # Errors
    /// [`DeskTableError`] where it would not be clear who answers.
    pub fn new(desks: Vec<Desk>, home: CountryCode) -> Result<Self, DeskTableError> {
        let ministry = the_ministry(&desks)?;
        let mut ids: Vec<&DeskId> = desks.iter().map(|desk| &desk.id).collect();
        ids.sort_unstable();
        if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(DeskTableError::Twice(pair[0].clone()));
        }
        let mut by_country: HashMap<CountryCode, Responsible> = HashMap::new();
        for (at, desk) in desks.iter().enumerate() {
            let bounds = desk.district.as_ref().and_then(BoundingRect::bounding_rect);
            for &country in &desk.countries {
                let responsible = by_country.entry(country).or_default();
                responsible.districts.extend(bounds.map(|bounds| (bounds, at)));
                if !desk.principal {
                    continue;
                }
                match responsible.principal.replace(at) {
                    Some(other) if other != at => {
                        let other = desks[other].id.clone();
                        return Err(DeskTableError::TwoPrincipals(other, desk.id.clone(), country));
                    }
                    _ => {}
                }
            }
        }
        Ok(Self { desks, ministry, home, by_country })
    }

    /// The desk that answers in `country` for `place`: the first whose district contains it (its edge
    /// included), else the principal one; `None` where nobody answers. At home, the ministry's.
    #[must_use]
    pub fn desk_for(&self, country: CountryCode, place: Option<Place>) -> Option<&Desk> {
        if country == self.home {
            return Some(self.ministry());
        }
        let responsible = self.by_country.get(&country)?;
        let in_district = place.and_then(|place| self.in_district(responsible, place));
        in_district.or(responsible.principal).map(|at| &self.desks[at])
    }

    fn in_district(&self, responsible: &Responsible, place: Place) -> Option<usize> {
        let at = Coord { x: place.lon, y: place.lat };
        responsible
            .districts
            .iter()
            .filter(|(bounds, _)| bounds.intersects(&at))
            .map(|&(_, desk)| desk)
            .find(|&desk| self.desks[desk].district.as_ref().is_some_and(|d| d.intersects(&at)))
    }

    /// The desk that answers where nobody else does.
    #[must_use]
    pub fn ministry(&self) -> &Desk {
        &self.desks[self.ministry]
    }

    /// The ministry's own country.
    #[must_use]
    pub fn home(&self) -> CountryCode {
        self.home
    }

    /// All desks, in the order given.
    #[must_use]
    pub fn desks(&self) -> &[Desk] {
        &self.desks
    }
}

fn the_ministry(desks: &[Desk]) -> Result<usize, DeskTableError> {
    let mut ministries = desks.iter().enumerate().filter(|(_, desk)| desk.is_ministry);
    let (at, first) = ministries.next().ok_or(DeskTableError::NoMinistry)?;
    match ministries.next() {
        Some((_, second)) => Err(DeskTableError::TwoMinistries(first.id.clone(), second.id.clone())),
        None => Ok(at),
    }
}
