//! Maps as drawings, from the base map of the console: Natural Earth, in the public domain. There are no streets in it.

mod base;
pub(crate) mod case;
mod view;
pub(crate) mod world;

pub(crate) use self::base::country_name;
