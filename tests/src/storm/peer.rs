//! The other end of a connection: plain blocking code of std.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    sync::mpsc::Receiver,
};

use super::stream::{byte_at, bytes_at};

/// Writes as many bytes as it is asked for, until nobody asks any more.
pub(super) fn write(mut stream: &TcpStream, asked: &Receiver<usize>) {
    let mut place = 0;
    for len in asked {
        if stream.write_all(&bytes_at(place, len)).is_err() {
            // The driver has dropped its socket.
            return;
        }
        place += len;
    }
    // It may be gone already.
    let _ = stream.shutdown(Shutdown::Write);
}

/// Reads what the driver sends: every byte in order, up to the end that the driver makes.
pub(super) fn read(mut stream: &TcpStream) -> usize {
    let mut room = [0; 512];
    let mut place = 0;
    loop {
        // The read has a deadline of its own; a socket dropped with data unread is reset.
        let Ok(count @ 1..) = stream.read(&mut room) else { return place };
        for byte in &room[..count] {
            assert_eq!(*byte, byte_at(place), "the sent stream's byte {place}");
            place += 1;
        }
    }
}
