//! Closing a port while a handle is associated with it.
//!
//! The port's flag is Relaxed here, weaker than the real one: only the word of the key orders it.

use loom::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    thread,
};

use crate::{explore, packet_key::PacketKey};

const FIRST: usize = 7;
const NEXT: usize = 15;

#[derive(Debug)]
struct Port {
    closed: AtomicUsize,
    gate: PacketKey,
}

impl Port {
    fn new() -> Arc<Self> {
        Arc::new(Self { closed: AtomicUsize::new(0), gate: PacketKey::default() })
    }

    fn close(&self) {
        self.closed.store(1, Ordering::Relaxed);
        self.gate.set_port_closed();
    }

    fn associate(&self, key: usize) {
        self.gate.open(key);
        if self.closed.load(Ordering::Relaxed) == 1 {
            self.gate.set_port_closed();
        }
    }
}

/// Whichever comes first, a gate that was opened while the port was closed does not stay open.
#[test]
fn a_gate_opened_beside_a_close_hears_of_it() {
    explore("open, open; close", || {
        let port = Port::new();
        let closing = thread::spawn({
            let port = Arc::clone(&port);
            move || port.close()
        });
        port.associate(FIRST);
        port.associate(NEXT);
        closing.join().unwrap();
        assert!(port.gate.port_is_closed() && !port.gate.is_open_with(NEXT));
        assert_eq!(port.gate.get(), NEXT, "whose it is can still be told");
    });
}

/// Who sees the bit cleared sees the port closed.
#[test]
fn two_gates_opened_beside_two_closes_hear_of_them() {
    explore("open; close; close", || {
        let port = Port::new();
        let closers: Vec<_> = (0..2)
            .map(|_| {
                let port = Arc::clone(&port);
                thread::spawn(move || port.close())
            })
            .collect();
        port.associate(NEXT);
        for closer in closers {
            closer.join().unwrap();
        }
        assert!(port.gate.port_is_closed() && !port.gate.is_open_with(NEXT));
    });
}
