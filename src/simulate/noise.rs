//! Chance that can be repeated: numbers that depend on a seed and on what they are asked for, not on the order of asking.
//!
//! Used all over the simulation, so that a unit's afternoon is the same whichever other units are played.

/// A source of numbers; a copy gives the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noise(u64);

impl Noise {
    /// The source of this seed.
    pub(super) const fn new(seed: u64) -> Self {
        Self(scramble(seed))
    }

    /// A source of its own for the `number`th part of a whole.
    pub(super) const fn part(self, number: u64) -> Self {
        Self(scramble(self.0 ^ scramble(number)))
    }

    /// The number of this index, evenly spread over all of `u64`.
    pub(super) const fn bits(self, index: u64) -> u64 {
        scramble(self.0.wrapping_add(scramble(index)))
    }

    /// The number of this index, evenly spread over `0.0..1.0`.
    pub(super) fn share(self, index: u64) -> f64 {
        (self.bits(index) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The number of this index, evenly spread over `from..to`.
    pub(super) fn between(self, index: u64, from: f64, to: f64) -> f64 {
        from + (to - from) * self.share(index)
    }
}

/// One step of SplitMix64 (Steele, Lea, Flood 2014): neighbours in, strangers out.
const fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_and_another_one_another() {
        let noise = Noise::new(7);
        assert_eq!(noise.bits(3), Noise::new(7).bits(3));
        let others = [
            Noise::new(8).bits(3),
            noise.bits(4),
            noise.part(0).bits(3),
            noise.part(1).bits(3),
        ];
        assert!(!others.contains(&noise.bits(3)), "{others:?}");
    }

    #[test]
    fn numbers_fill_their_range_evenly() {
        let noise = Noise::new(1);
        let numbers: Vec<f64> = (0..1000).map(|n| noise.between(n, -2.0, 6.0)).collect();
        assert!(numbers.iter().all(|n| (-2.0..6.0).contains(n)));
        let mean = numbers.iter().sum::<f64>() / 1000.0;
        assert!((1.6..2.4).contains(&mean), "{mean}");
    }
}
