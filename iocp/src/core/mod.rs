//! The sound core: who owns an operation from submit to dequeue.
//!
//! A completion packet is a hint. The status block is the truth. The slab is the owner.

pub(crate) mod arena;
pub(crate) mod arrived;
pub(crate) mod attention;
pub(crate) mod awaited;
pub(crate) mod batch;
pub(crate) mod block;
pub(crate) mod budget;
pub(crate) mod buffer;
mod cache_padded;
mod counted_waits;
pub(crate) mod finishers;
pub(crate) mod handle_cell;
mod handle_word;
pub(crate) mod held;
pub(crate) mod job_message;
pub(crate) mod keys;
pub(crate) mod packet;
mod packet_key;
pub(crate) mod packets;
pub(crate) mod port_end;
pub(crate) mod port_handle;
pub(crate) mod settle;
pub(crate) mod shared;
pub(crate) mod slab;
pub(crate) mod sleepers;
pub(crate) mod slot;
pub(crate) mod slotless;
pub(crate) mod state;
pub(crate) mod sync;
pub(crate) mod timers;
pub(crate) mod unreported;
pub(crate) mod wakes;
pub(crate) mod wheel;
