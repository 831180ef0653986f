//! Control messages, as a receive writes them, of which a peer chooses some data.
#![no_main]

#[path = "../../../iocp/src/base/control_message.rs"]
#[allow(dead_code, missing_docs)]
// reason: a part of a library, whose documentation links to the rest
mod control_message;

use control_message::{ControlMessage, ControlMessages, PacketInfo};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut left = bytes.len();
    for message in ControlMessages::new(bytes) {
        let size = data(&message);
        assert!(size <= left, "a byte is two messages', or outside");
        left -= size;
        is_read_again(message);
    }
    assert!(!format!("{:?}", ControlMessages::new(bytes)).is_empty() || bytes.is_empty());
});

fn data(message: &ControlMessage<'_>) -> usize {
    match message {
        ControlMessage::PacketInfo(PacketInfo { address, .. }) if address.is_ipv4() => 8,
        ControlMessage::PacketInfo(_) => 20,
        ControlMessage::Other { data, .. } => data.len(),
        _ => 4,
    }
}

/// What was read can be written, and is the same then.
fn is_read_again(message: ControlMessage<'_>) {
    let mut room = vec![0xAA; data(&message) + 64];
    for v6 in [false, true] {
        let end = message.write(&mut room, 0, v6).expect("room");
        assert!(ControlMessages::new(&room[..end]).eq([message]));
        assert_eq!(message.write(&mut room[..end - 1], 0, v6), None, "no room");
    }
}
