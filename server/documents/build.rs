//! Packs the base map of the console, so that it is in the program once more at a third of its size.

use std::path::Path;
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

const COUNTRIES: &str = "../console/public/basemap/countries_10m_s004.geojson";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed={COUNTRIES}");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    io::Write::write_all(&mut packed, &fs::read(COUNTRIES)?)?;
    fs::write(Path::new(&out).join("countries.geojson.gz"), packed.finish()?)
}
