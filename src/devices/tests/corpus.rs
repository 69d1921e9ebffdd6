//! What the fuzzer is started from, and what it found, on stable Rust.

#[path = "../../../fuzz/fuzz_targets/input.rs"]
pub(super) mod input;

use std::{collections::BTreeSet, fs, path::Path};

use input::{Input, MODELS};

use super::{properties::assert_possible, support};
use crate::devices::{Message, Uplink, catalog, parse};

#[test]
fn the_corpus_gives_possible_values() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/uplink");
    let mut models = BTreeSet::new();
    let mut bodies = 0;
    for entry in fs::read_dir(folder).expect("the corpus") {
        let data = fs::read(entry.expect("an entry").path()).expect("a file");
        match Input::read(&data) {
            Some(Input::Body(body)) => {
                if let Message::Uplink(uplink) = parse(body).expect("JSON").message {
                    assert_possible(&uplink, "");
                    bodies += 1;
                }
            }
            Some(Input::Frame {
                model,
                f_port,
                bytes,
            }) => {
                assert_possible(&frame(f_port, bytes), model);
                models.insert(model);
            }
            None => {}
        }
    }
    assert!(bodies > 0);
    let decoded = |model: &&str| catalog::find(model, &support::uplink()).layout;
    let with_decoder = MODELS.iter().copied();
    let with_decoder = with_decoder.filter(|model| decoded(model) != catalog::Layout::Unknown);
    assert_eq!(models, with_decoder.collect());
}

fn frame(f_port: u8, bytes: &[u8]) -> Uplink {
    Uplink {
        f_port,
        frm_payload: bytes.to_vec(),
        ..support::uplink()
    }
}
