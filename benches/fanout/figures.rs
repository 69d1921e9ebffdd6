//! What is measured, and the samples of a run. From them: `table` and `picture`.

use crate::peer::Peer;

/// One property of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// One room of 1,000, 20 messages/s.
    Steady,
    /// 500 rooms of 10, each 4 messages/s.
    Rooms,
    /// One room of 1,000, always 4 messages on their way.
    Saturated4,
    /// The same with 32.
    Saturated32,
    /// Handshake, token, room.
    Connect,
    /// Anonymous memory of a client that only answers pings.
    Memory,
    /// Processor of such a client.
    Idle,
}

impl Measure {
    /// In the order of the table.
    pub(crate) const ALL: [Self; 7] = [
        Self::Steady,
        Self::Rooms,
        Self::Saturated4,
        Self::Saturated32,
        Self::Connect,
        Self::Memory,
        Self::Idle,
    ];

    /// With its unit.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Steady => "message, 1,000 clients at 20/s, µs",
            Self::Rooms => "message, 500 rooms of 10, µs",
            Self::Saturated4 => "message, saturated, 4 in flight, µs",
            Self::Saturated32 => "message, saturated, 32 in flight, µs",
            Self::Connect => "connect with its token, µs",
            Self::Memory => "idle client, memory, KB",
            Self::Idle => "idle client, µs/s",
        }
    }

    /// The most that we allow ourselves, as a multiple of the floor.
    pub(crate) const fn aim(self) -> Option<f64> {
        match self {
            Self::Steady => Some(1.1),
            Self::Rooms => Some(1.15),
            Self::Saturated4 => Some(0.6),
            Self::Saturated32 => Some(0.12),
            Self::Connect => Some(1.6),
            // The floor keeps nothing and pings nobody: no measure of a server that does.
            Self::Memory | Self::Idle => None,
        }
    }
}

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// In the unit of its [`Measure`].
    pub(crate) value: f64,
    /// The load could not do more, or came too late: the server was not what limited.
    pub(crate) limited: bool,
}

/// All samples of a run.
#[derive(Default)]
pub(crate) struct Figures(Vec<(Peer, Measure, Sample)>);

impl Figures {
    pub(crate) fn add(&mut self, peer: Peer, measure: Measure, sample: Sample) {
        self.0.push((peer, measure, sample));
    }

    /// In ascending order.
    fn sorted(&self, peer: Peer, measure: Measure) -> Vec<f64> {
        let samples = self.0.iter().filter(|of| (of.0, of.1) == (peer, measure));
        let mut values: Vec<f64> = samples.map(|(_, _, sample)| sample.value).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    /// The middle one, the lower of two.
    pub(crate) fn median(&self, peer: Peer, measure: Measure) -> Option<f64> {
        let values = self.sorted(peer, measure);
        values.get(values.len().saturating_sub(1) / 2).copied()
    }

    /// How much one server is of another.
    pub(crate) fn ratio(&self, measure: Measure, of: Peer, to: Peer) -> Option<f64> {
        let (of, to) = (self.median(of, measure)?, self.median(to, measure)?);
        (to > 0.0).then(|| of / to)
    }

    /// Whether the load was the limit in any repeat.
    pub(crate) fn limited(&self, peer: Peer, measure: Measure) -> bool {
        let mut samples = self.0.iter().filter(|of| (of.0, of.1) == (peer, measure));
        samples.any(|(_, _, sample)| sample.limited)
    }

    /// Between the least and the greatest of the repeats, as a part of the median, over the servers: the worst.
    pub(crate) fn spread(&self, measure: Measure) -> f64 {
        let spread = |peer: &Peer| {
            let values = self.sorted(*peer, measure);
            let (least, greatest) = (values.first()?, values.last()?);
            Some((greatest - least) / self.median(*peer, measure)?)
        };
        Peer::ALL.iter().filter_map(spread).fold(0.0, f64::max)
    }

    /// Servers that were measured.
    pub(crate) fn peers(&self) -> Vec<Peer> {
        let measured = |peer: &Peer| self.0.iter().any(|of| of.0 == *peer);
        Peer::ALL.into_iter().filter(measured).collect()
    }
}
