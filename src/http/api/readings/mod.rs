//! `/readings` and `/units/{id}/…`: what sensors measured, handed in and given out: one by one, by spans of time, as a
//! table, and as figures. The record of an archived unit is given out too.

mod buckets;
mod csv;
mod list;
mod range;
mod receive;
mod summary;

use crate::http::endpoint::Endpoint;

/// All of them.
pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        receive::endpoint(),
        list::endpoint(),
        csv::endpoint(),
        summary::endpoint(),
    ]
}
