//! Of figures.

use sos_core::access::Action;

use super::{Guard, Route, route};

const SEE: Guard = Guard::Role(Action::SeeFigures);

pub(super) const ROUTES: &[Route] = &[
    route(
        "POST",
        "/api/figures",
        SEE,
        Some("FiguresQuery"),
        Some("Figures"),
        "Figures of the cases of a period; supervisors see those of their desk.",
    ),
    route(
        "POST",
        "/api/figures/cases",
        SEE,
        Some("FigureCasesQuery"),
        Some("FigureCases"),
        "The cases behind a figure.",
    ),
];
