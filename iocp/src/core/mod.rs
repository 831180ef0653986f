//! The sound core: who owns an operation from submit to dequeue.
//!
//! A completion packet is a hint. The status block is the truth. The slab is the owner.

#[cfg(any(loom, windows, test, iocp_sim))]
mod packet_key;
pub(crate) mod state;

#[cfg(not(loom))]
pub(crate) mod budget;
#[cfg(not(loom))]
pub(crate) mod keys;
#[cfg(not(loom))]
pub(crate) mod packet;

#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod arrived;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod block;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod gate;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
mod gates;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod held;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod line;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod packets;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod port_handle;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod seat;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod settle;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod shared;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod slab;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod slot;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod step;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
mod typed;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
mod unreported;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub(crate) mod wakes;
