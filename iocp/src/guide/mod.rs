//! Guides: one page each, for whoever comes from elsewhere or has one question.
//!
//! | page | for |
//! | --- | --- |
//! | [`which_mode`] | choosing between typed operations and the event queue, with what each costs |
//! | [`buffers`] | what happens to a buffer from submit to the end, and what is lost when |
//! | [`time_limits`] | a limit on one receive, on many connections, on a wait |
//! | [`closing`] | ending a connection, a thread, the port, the program |
//! | [`files`] | reading and writing files with many operations in flight |
//! | [`relay`] | passing on between two streams of the event queue |
//! | [`many_threads`] | several threads on one port or one queue |
//! | [`from_tokio_mio`] | programs written for tokio or mio |
//! | [`from_compio`] | programs written for compio |
//! | [`from_win32`] | programs written for Win32 in C |
//!
//! The module exists in the documentation only: there is nothing to import.

#[doc = include_str!("which_mode.md")]
pub mod which_mode {}

#[doc = include_str!("buffers.md")]
pub mod buffers {}

#[doc = include_str!("time_limits.md")]
pub mod time_limits {}

#[doc = include_str!("closing.md")]
pub mod closing {}

#[doc = include_str!("files.md")]
pub mod files {}

#[doc = include_str!("relay.md")]
pub mod relay {}

#[doc = include_str!("many_threads.md")]
pub mod many_threads {}

#[doc = include_str!("from_tokio_mio.md")]
pub mod from_tokio_mio {}

#[doc = include_str!("from_compio.md")]
pub mod from_compio {}

#[doc = include_str!("from_win32.md")]
pub mod from_win32 {}
