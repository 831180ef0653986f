//! What sockets and other handles of a port have in common: the gate, the key, the port.

use std::sync::Arc;

use crate::{
    core::{
        gate::{Cancel, Gate},
        shared::Core,
    },
    os::{self, Handle},
    port::foreign::associating,
    Error,
};

/// A source of a handle, and its membership of a port.
///
/// Dropped in the order of its fields: nothing is cancelled on a handle that is closed, and the port
/// outlives the source.
pub(crate) struct Member<S> {
    gate: CloseGate,
    pub(super) source: S,
    facts: Facts,
    core: Arc<Core>,
}

/// Closes the gate before the source is dropped.
struct CloseGate(Arc<Gate>);

impl Drop for CloseGate {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What associating found out.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    /// What was associated; the source must answer with it at every submit.
    pub(super) handle: Handle,
    /// The key that the system puts into its packets.
    packet_key: usize,
    /// The caller's number.
    key: usize,
    /// Whether what is done at once sends no packet.
    pub(super) skips: bool,
}

/// What a submit needs to know of its handle.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) core: &'a Arc<Core>,
    pub(crate) gate: &'a Arc<Gate>,
    pub(crate) handle: Handle,
    pub(crate) packet_key: usize,
    pub(crate) key: usize,
    pub(crate) skips: bool,
}

impl Facts {
    /// Associates a handle with the port, for its whole life.
    pub(super) fn associate(core: &Core, handle: Handle, key: usize) -> Result<Self, Error> {
        if core.port.is_closed() {
            return Err(Error::Closed);
        }
        let packet_key = core.keys.next();
        os::port_associate(core.port.handle, handle, packet_key).map_err(associating)?;
        Ok(Self { handle, packet_key, key, skips: false })
    }
}

impl<S> Member<S> {
    pub(super) fn new(core: Arc<Core>, source: S, facts: Facts) -> Self {
        Self { gate: CloseGate(Arc::new(Gate::new(facts.handle))), source, facts, core }
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(super) fn key(&self) -> usize {
        self.facts.key
    }

    /// What to submit on, if the source still answers with the handle that was associated.
    #[inline(always)]
    pub(super) fn target(&self, answer: Handle) -> Result<Target<'_>, Error> {
        let Facts { handle, packet_key, key, skips } = self.facts;
        if answer != handle {
            return Err(Error::HandleClosed);
        }
        let (core, gate) = (&self.core, &self.gate.0);
        Ok(Target { core, gate, handle, packet_key, key, skips })
    }

    pub(super) fn cancel_all(&self) -> Result<(), Error> {
        match self.gate.0.cancel_all() {
            Cancel::Requested | Cancel::AlreadyDone => Ok(()),
            Cancel::Failed(code) => Err(Error::os("CancelIoEx", code)),
        }
    }

    pub(super) fn in_flight(&self) -> usize {
        self.core.in_flight_on(self.facts.packet_key)
    }

    pub(super) fn into_inner(self) -> S {
        let Self { gate, source, .. } = self;
        drop(gate);
        source
    }
}
