//! The rules that turn a position into a desk.

use sos_protocol::{CountryCode, DeskId, RoutingBasis, RoutingView};

use super::atlas::{Atlas, Located};
use super::desks::{Desk, DeskTable};
use super::place::Place;

/// Who answers, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Routing {
    /// The desk that holds the case.
    pub desk: DeskId,
    /// Desks that are shown it, most likely first; distinct, and without `desk`.
    pub watchers: Vec<DeskId>,
    /// The reasons, as consoles show them.
    pub view: RoutingView,
}

/// Decides which desk answers for a worker at `position`, whose contract is for `contract_country`.
///
/// A position that is not on the globe counts as none. Where claims overlap, the first of the countries that
/// has a desk is taken for the most likely one. Far out at sea the ministry holds the case and the desk of the
/// contract's country watches. The answer is always a desk of `desks`.
#[must_use]
pub fn route(
    atlas: &Atlas,
    desks: &DeskTable,
    position: Option<Place>,
    contract_country: Option<CountryCode>,
) -> Routing {
    match (position.filter(Place::is_on_globe), contract_country) {
        (Some(place), _) => by_position(desks, place, atlas.locate(place), contract_country),
        (None, Some(country)) => {
            let desk = desks.desk_for(country, None);
            let view = RoutingView {
                country: Some(country),
                no_desk_for_country: desk.is_none(),
                ..because(RoutingBasis::ContractCountry)
            };
            assign(desks, desk, [], view)
        }
        (None, None) => assign(desks, None, [], because(RoutingBasis::Nothing)),
    }
}

fn by_position(
    desks: &DeskTable,
    place: Place,
    mut located: Located,
    contract_country: Option<CountryCode>,
) -> Routing {
    put_desk_first(desks, &mut located);
    let mut answering =
        located.countries.iter().map(|&country| desks.desk_for(country, Some(place))).collect::<Vec<_>>();
    let holder = if answering.is_empty() { None } else { answering.remove(0) };
    let of_contract = match located.basis {
        RoutingBasis::Nothing => contract_country.and_then(|country| desks.desk_for(country, None)),
        _ => None,
    };
    let mut countries = located.countries.into_iter();
    let country = countries.next();
    let view = RoutingView {
        country,
        others: countries.collect(),
        offshore_km: located.offshore_km,
        special_area: located.special_area,
        no_desk_for_country: country.is_some() && holder.is_none(),
        ..because(located.basis)
    };
    assign(desks, holder, answering.into_iter().flatten().chain(of_contract), view)
}

/// Of several countries that contain the position, moves one with a desk to the front: polygons cannot say
/// which claim is right, and a territory far from its state is its state's desk's too.
fn put_desk_first(desks: &DeskTable, located: &mut Located) {
    let inside = &mut located.countries[..located.inside];
    if let Some(at) = inside.iter().position(|&country| desks.desk_for(country, None).is_some()) {
        inside[..=at].rotate_right(1);
    }
}

fn assign<'a>(
    desks: &'a DeskTable,
    holder: Option<&'a Desk>,
    others: impl IntoIterator<Item = &'a Desk>,
    view: RoutingView,
) -> Routing {
    let desk = holder.unwrap_or(desks.ministry()).id.clone();
    let mut watchers: Vec<DeskId> = Vec::new();
    for other in others {
        if other.id != desk && !watchers.contains(&other.id) {
            watchers.push(other.id.clone());
        }
    }
    Routing { desk, watchers, view }
}

fn because(basis: RoutingBasis) -> RoutingView {
    RoutingView {
        basis,
        country: None,
        others: Vec::new(),
        offshore_km: None,
        special_area: None,
        no_desk_for_country: false,
    }
}
