//! What the bytes of the fuzzer stand for. The test that replays the corpus on stable Rust reads them by the same rule.

/// Models by which frames are decoded, every layout among them. The corpus counts on their places.
pub(crate) const MODELS: &[&str] = &[
    "",
    "Dragino LHT65N",
    "Dragino LDS02",
    "Milesight EM300-TH",
    "Milesight EM300-MCS",
    "Elsys ERS",
    "Elsys EMS Door",
    "Netvox R718AB",
    "MClimate HT",
    "MClimate Open/Close",
    "Dragino LSN50v2",
    "Browan TBHH100",
];

/// One try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input<'a> {
    /// A request of the webhook: everything that starts as an object of JSON.
    Body(&'a [u8]),
    /// Any other: `model u8` (its place in [`MODELS`]), `port u8`, then what the device sent.
    Frame {
        model: &'static str,
        f_port: u8,
        bytes: &'a [u8],
    },
}

impl<'a> Input<'a> {
    /// None if too short, or of no model.
    pub(crate) fn read(data: &'a [u8]) -> Option<Self> {
        match data {
            [b'{', ..] => Some(Self::Body(data)),
            [model, f_port, bytes @ ..] => Some(Self::Frame {
                model: MODELS.get(usize::from(*model))?,
                f_port: *f_port,
                bytes,
            }),
            _ => None,
        }
    }
}
