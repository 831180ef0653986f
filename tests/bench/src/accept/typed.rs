//! `iocp`: accept, associate, drop.

use std::{
    io::{Error, Result},
    net::{TcpListener, TcpStream},
};

use iocp::{CompletionPort, Packets, Submitted};

use crate::meter;

/// Serves until the process ends.
pub(crate) fn serve(listener: TcpListener) -> Result<()> {
    let port = CompletionPort::new()?;
    let listener = port.associate_socket(listener, 0)?;
    let mut packets = Packets::with_capacity(1);
    let mut operation = port.accept_operation(0)?;
    loop {
        let completed = match listener.accept(operation) {
            Submitted::Ready(completed) => completed,
            Submitted::Refused(failed) => return Err(failed.into()),
            Submitted::Pending(mut ticket) => loop {
                port.wait(&mut packets, None)?;
                match ticket.finish() {
                    Ok(completed) => break completed,
                    Err(still) => ticket = still,
                }
            },
        };
        let accepted = completed.accepted(&listener);
        let (socket, _) = accepted.result.map_err(Error::other)?;
        drop(port.associate_accepted::<TcpStream>(socket, 0)?);
        operation = accepted.operation;
        meter::message();
    }
}
