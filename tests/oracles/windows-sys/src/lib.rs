//! Oracle two: windows-sys with the features that our surface needs, and nothing else.
//!
//! A package of its own so that cargo compiles it for a Windows target without the tools around it.
//! It is never linked: its declarations are compiled beside ours.
#![no_std]

pub use windows_sys;
