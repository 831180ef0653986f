//! What everything uses: errors, statuses, configuration, time limits, buffers.

#[allow(unsafe_code)]
pub(crate) mod aligned;
#[allow(unsafe_code)]
pub(crate) mod buffer;
pub(crate) mod changes;
pub(crate) mod code;
pub(crate) mod config;
pub(crate) mod control_message;
pub(crate) mod error;
pub(crate) mod kind;
#[allow(unsafe_code)]
pub(crate) mod lent;
#[allow(unsafe_code)]
pub(crate) mod pool;
#[allow(unsafe_code)]
pub(crate) mod slice;
pub(crate) mod status;
pub(crate) mod timeout;
