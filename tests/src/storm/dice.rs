//! Random numbers that a seed repeats.

/// One thread's random numbers.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Each thread of a seed has its own numbers.
    #[must_use]
    pub fn new(seed: u64, thread: u64) -> Self {
        let mut dice = Self((seed << 8 | thread).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            dice.roll(2);
        }
        dice
    }

    /// A number below `sides`, which is not 0.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // Less than `sides`, so it fits.
        usize::try_from((self.0 >> 11) % sides as u64).unwrap_or(0)
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }
}
