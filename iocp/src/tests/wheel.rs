//! The wheel of deadlines against a model: each is taken at its tick.

use std::collections::{BTreeMap, HashMap};

use crate::core::wheel::{EntryId, Wheel};

/// A model of the wheel: every deadline with its entry.
#[derive(Default)]
struct Model {
    set: BTreeMap<(u64, usize), EntryId>,
    at: HashMap<usize, u64>,
}

impl Model {
    fn set(&mut self, number: usize, at: u64, id: EntryId) {
        self.clear(number);
        self.set.insert((at, number), id);
        self.at.insert(number, at);
    }

    fn clear(&mut self, number: usize) -> bool {
        self.at.remove(&number).is_some_and(|at| self.set.remove(&(at, number)).is_some())
    }
}

proptest::proptest! {
    /// Whatever is set, changed, removed, at whatever distance: each is taken at the first look at or after
    /// its tick, in the order of ticks, and the wheel's next tick is never beyond the first.
    #[test]
    fn a_wheel_takes_each_entry_at_its_tick(
        steps in proptest::collection::vec((0_u8..8, 0_usize..24, 0_u32..45, 0_u64..64), 1..300)
    ) {
        let (mut wheel, mut model, mut now) = (Wheel::new(), Model::default(), 0_u64);
        let mut ids: Vec<_> = (0..24).map(|number| wheel.add(number)).collect();
        for (what, number, bits, small) in steps {
            let far = (1_u64 << bits).saturating_add(small) - 1;
            match what {
                0..=2 => {
                    let at = now.saturating_add(far).saturating_sub(8);
                    wheel.set(ids[number], at);
                    model.set(number, at.max(now), ids[number]);
                }
                3 => {
                    proptest::prop_assert_eq!(wheel.clear(ids[number]), Some(model.clear(number)));
                }
                4 => {
                    wheel.remove(ids[number]);
                    model.clear(number);
                    proptest::prop_assert_eq!(wheel.clear(ids[number]), None, "it was removed");
                    wheel.set(ids[number], now);
                    ids[number] = wheel.add(number);
                }
                _ => {
                    now += if what == 7 { far >> 8 } else { small };
                    let mut last = 0;
                    while let Some((_, number)) = wheel.take_due(now) {
                        let at = model.at[&number];
                        proptest::prop_assert!(at <= now && at >= last, "{} after {}", at, last);
                        last = at;
                        model.clear(number);
                    }
                    let first = model.set.keys().next().map(|&(at, _)| at);
                    proptest::prop_assert!(first.map_or(true, |at| at > now), "left behind");
                    match (wheel.next(), first) {
                        (Some(next), Some(first)) => proptest::prop_assert!(next > now && next <= first),
                        (next, first) => proptest::prop_assert_eq!(next, first),
                    }
                }
            }
        }
    }
}

/// Far beyond what the lists tell apart, up to the last tick there is.
#[test]
fn a_wheel_keeps_what_is_due_in_a_thousand_years() {
    let mut wheel = Wheel::new();
    let (far, last) = (wheel.add(1), wheel.add(2));
    wheel.set(far, 1 << 45);
    wheel.set(last, u64::MAX);
    let mut now = 0;
    let mut looks = 0;
    while let Some(next) = wheel.next() {
        step(&mut now, next);
        looks += 1;
        match wheel.take_due(now) {
            Some((id, 1)) => assert_eq!((id, now), (far, 1 << 45)),
            Some((_, other)) => panic!("{other}"),
            None if now > 1 << 46 => break,
            None => {}
        }
    }
    assert!(looks < 2_000, "{looks}");
    assert_eq!(wheel.clear(last), Some(true));
}

fn step(now: &mut u64, next: u64) {
    assert!(next > *now, "no progress");
    *now = next;
}
