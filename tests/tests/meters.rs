//! The counters themselves: whose calls they count, and which functions.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

#[cfg(not(target_arch = "x86_64"))]
#[test]
fn counts_of_system_calls_are_not_shown_on_this_architecture() {
    iocp_tests::not_here("counts of system calls: the counting thunks are x86_64 code");
}

#[cfg(target_arch = "x86_64")]
mod counted {
    use iocp_tests::{
        calls::{calls, Counts, Meter},
        raw,
    };

    /// What a meter and a snapshot see, and what not.
    #[test]
    fn a_meter_counts_its_own_thread_and_a_snapshot_counts_all() {
        let yields = || (0..5).for_each(|_| std::thread::yield_now());
        let before = calls().snapshot();
        let (outer, inner) = (Meter::new(), Meter::new());
        outer.run(|| {
            std::thread::scope(|scope| scope.spawn(yields).join()).unwrap();
            assert_eq!(outer.counts().get("SwitchToThread"), 0, "another thread's");
            std::thread::yield_now();
            inner.run(yields);
            std::thread::yield_now();
        });
        yields();
        assert_eq!(outer.counts().get("SwitchToThread"), 2);
        assert_eq!(inner.counts().get("SwitchToThread"), 5);
        let counts = calls().snapshot().delta(&before);
        assert!(counts.get("SwitchToThread") >= 17, "{counts}");
        let shared = Meter::new();
        std::thread::scope(|scope| {
            (0..2).for_each(|_| drop(scope.spawn(|| shared.clone().run(yields))));
        });
        assert_eq!(shared.counts(), Counts::default().with("SwitchToThread", 10));
        assert!(calls().functions() > 50, "{}", calls().functions());
    }

    /// What is looked up at run time is counted as well.
    #[test]
    fn a_function_from_get_proc_address_is_counted_by_its_name() {
        let _ = calls();
        let function = raw::look_up("kernel32.dll", c"SwitchToThread").unwrap();
        let switch = |_| {
            // SAFETY:
            // * kernel32's function of this name takes no arguments; its result says little.
            unsafe { function() };
        };
        let counts = Meter::count(|| (0..3).for_each(switch));
        assert_eq!(counts, Counts::default().with("SwitchToThread", 3));
    }
}
