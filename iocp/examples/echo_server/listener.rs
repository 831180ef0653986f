//! A listener with several accepts always outstanding.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Mutex, PoisonError},
};

use iocp::{
    Accept, AcceptError, AcceptedSocket, AssociatedSocket, CompletionPort, Error, InFlight,
    Operation, OsError, Submitted,
};

/// Accepts outstanding per listener: a burst of so many connections waits for nobody.
const DEPTH: usize = 16;

/// So many accepts in a row that fail at once end the listener.
const FAILURES: u32 = 64;

pub(crate) struct Listener {
    socket: AssociatedSocket<TcpListener>,
    accepts: Vec<Mutex<Option<InFlight<Accept>>>>,
}

impl Listener {
    /// Listens; packets of its accepts carry `key` and the number of the accept as their token.
    pub(crate) fn new(
        port: &CompletionPort,
        socket: TcpListener,
        key: usize,
    ) -> Result<Self, Error> {
        let socket = port.associate_socket(socket, key)?;
        let accepts = (0..DEPTH).map(|_| Mutex::new(None)).collect();
        Ok(Self { socket, accepts })
    }

    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Puts all accepts out. `each` gets every connection that is there already.
    pub(crate) fn start(
        &self,
        port: &CompletionPort,
        each: &mut dyn FnMut(Result<AcceptedSocket, AcceptError>),
    ) -> Result<(), Error> {
        for token in 0..self.accepts.len() {
            self.submit(port.accept_operation(token)?, each)?;
        }
        Ok(())
    }

    /// A packet came for accept number `token`: takes the connection and accepts the next one.
    pub(crate) fn advance(
        &self,
        token: usize,
        each: &mut dyn FnMut(Result<AcceptedSocket, AcceptError>),
    ) -> Result<(), Error> {
        let Some(slot) = self.accepts.get(token) else { return Ok(()) };
        let ticket = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        match ticket.map(InFlight::finish) {
            Some(Ok(completed)) => {
                let accepted = completed.accepted(&self.socket);
                each(accepted.result.map(|(socket, _)| socket));
                self.submit(accepted.operation, each)
            }
            Some(Err(ticket)) => {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(ticket);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Cancels all accepts: they come back, and nobody submits them again.
    pub(crate) fn cancel(&self) {
        // A refusal leaves it to the drop of the listener.
        let _ = self.socket.cancel_all();
    }

    fn submit(
        &self,
        mut operation: Operation<Accept>,
        each: &mut dyn FnMut(Result<AcceptedSocket, AcceptError>),
    ) -> Result<(), Error> {
        let mut failed_at_once = 0;
        loop {
            // The lock is held until the ticket lies there: a quicker thread waits for it.
            let Some(slot) = self.accepts.get(operation.token()) else { return Ok(()) };
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            match self.socket.accept(operation) {
                Submitted::Pending(ticket) => {
                    *slot = Some(ticket);
                    return Ok(());
                }
                Submitted::Ready(completed) => {
                    drop(slot);
                    // A peer that has gone fails one accept; a socket that does not listen, each.
                    failed_at_once =
                        if completed.result().is_ok() { 0 } else { failed_at_once + 1 };
                    if let (FAILURES, Some(code)) = (failed_at_once, completed.raw_os_error()) {
                        let source = OsError::from_raw(code.unsigned_abs());
                        return Err(Error::Os { call: "AcceptEx", source });
                    }
                    let accepted = completed.accepted(&self.socket);
                    each(accepted.result.map(|(socket, _)| socket));
                    operation = accepted.operation;
                }
                Submitted::Refused(failed) => return Err(failed.error),
            }
        }
    }
}
